//! The binary `motcua-server`: see `motcua-server --help`.

use std::process::ExitCode;

fn main() -> ExitCode {
    motcua_server::command::run()
}
