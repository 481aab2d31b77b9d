use std::path::Path; use motcua_show::*;
#[test] fn p() {
 let r=read_show(Path::new("s"), "title=\"1\"\ntitle=\"2\"\nhotline=\"3\"\n[theme]\naccent=\"#111111\"\n[theme]\naccent=\"#222222\"\n[[playlist]]\nname=\"a\"\nname=\"b\""); println!("{r:#?}");
}
