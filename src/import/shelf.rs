//! The folder of procedures: what is there, and how files get into it.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use motcua_show::Procedure;
use motcua_show::procedure::{Fee, base_code};
use motcua_show::read_procedure;
use motcua_show::record::Placed;

/// What became of a procedure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// A file was written.
    New,
    /// Its file says the same already.
    Same,
    /// Its file said something else and was replaced.
    Replaced,
    /// Its file says something else and was left alone.
    Kept(PathBuf),
    /// What would be written cannot be read again, and why.
    Unreadable(String),
}

/// The folder.
pub struct Shelf<'a> {
    folder: &'a Path,
    replaces: bool,
    /// The files that are there, by base code; none where one cannot be read.
    there: BTreeMap<String, (PathBuf, Option<Procedure>)>,
}

impl<'a> Shelf<'a> {
    /// Looks at what lies in `folder`.
    pub fn of(folder: &'a Path, replaces: bool) -> anyhow::Result<Self> {
        let unreadable = || format!("{} cannot be read", folder.display());
        let mut there = BTreeMap::new();
        for entry in std::fs::read_dir(folder).with_context(unreadable)? {
            let path = entry.with_context(unreadable)?.path();
            if path.extension().is_none_or(|extension| extension != "toml") {
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            let procedure = read_procedure(&path, &text).value;
            let name = path
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            let code = procedure
                .as_ref()
                .map_or(name, |procedure| procedure.code.clone());
            there.insert(base_code(&code).to_owned(), (path, procedure));
        }
        Ok(Self {
            folder,
            replaces,
            there,
        })
    }

    /// Puts a procedure into its file.
    pub fn put(&self, placed: &Placed) -> anyhow::Result<Outcome> {
        let mut procedure = placed.procedure.clone();
        let there = self.there.get(base_code(&procedure.code));
        if let Some((_, Some(own))) = there {
            keep_own(&mut procedure, own);
        }
        let (path, outcome) = match there {
            Some((_, Some(own))) if *own == procedure => return Ok(Outcome::Same),
            Some((path, _)) if !self.replaces => return Ok(Outcome::Kept(path.clone())),
            Some((path, _)) => (path.clone(), Outcome::Replaced),
            None => (
                self.folder.join(format!("{}.toml", procedure.code)),
                Outcome::New,
            ),
        };
        let text = written(&procedure, &placed.remarks)?;
        let again = read_procedure(&path, &text);
        if let Some(problem) = again.problems.first() {
            return Ok(Outcome::Unreadable(format!(
                "{}; {}",
                problem.fault, problem.remedy
            )));
        }
        if again.value.as_ref() != Some(&procedure) {
            return Ok(Outcome::Unreadable(
                "its file would say something else".to_owned(),
            ));
        }
        write(self.folder, &path, &text)?;
        Ok(outcome)
    }

    /// Writes a text beside the procedures.
    pub fn write_text(&self, name: &str, text: &str) -> anyhow::Result<()> {
        write(self.folder, &self.folder.join(name), text)?;
        self.close()
    }

    /// Sees to it that the names of the files are on the disk.
    pub fn close(&self) -> anyhow::Result<()> {
        let folder = File::open(self.folder).and_then(|folder| folder.sync_all());
        folder.with_context(|| format!("{} cannot be written", self.folder.display()))
    }
}

/// Takes over what is the office's own and no list has: plain names, places, days, forms, and fees that the
/// council decided.
fn keep_own(procedure: &mut Procedure, own: &Procedure) {
    procedure.short_name.clone_from(&own.short_name);
    procedure.receive_at.clone_from(&own.receive_at);
    procedure.effective = own.effective;
    procedure.repealed = own.repealed;
    procedure.forms.clone_from(&own.forms);
    for way in &mut procedure.ways {
        let mut same = own.ways.iter().filter(|other| other.how == way.how);
        if let (Fee::SetBy(_), Some(other)) = (way.fee(), same.next())
            && matches!(other.fee(), Fee::Published(_))
        {
            let (fee, set_by) = (other.fee.clone(), other.fee_set_by.clone());
            way.fee = fee;
            way.fee_set_by = set_by;
        }
    }
}

/// The file of a procedure, with what has no place in it as remarks.
fn written(procedure: &Procedure, remarks: &[(String, String)]) -> anyhow::Result<String> {
    let mut text = String::new();
    if !remarks.is_empty() {
        text.push_str("# Published with it, and without a place of its own here:\n");
    }
    for (field, remark) in remarks {
        let plain: String = remark
            .chars()
            .flat_map(|c| {
                // A remark of TOML ends with its line, and may hold no control character.
                let escaped = c.is_control() && c != '\n' && c != '\t';
                let parts: Vec<char> = if escaped {
                    c.escape_default().collect()
                } else {
                    vec![c]
                };
                parts
            })
            .collect();
        text.push_str(&format!("# {field}: {}\n", plain.replace('\n', "\n#   ")));
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text.push_str(
        &toml::to_string_pretty(procedure).context("a procedure cannot be written as TOML")?,
    );
    Ok(text)
}

/// Writes a file whole or not at all.
fn write(folder: &Path, path: &Path, text: &str) -> anyhow::Result<()> {
    let failed = || format!("{} cannot be written", path.display());
    let mut file = tempfile::Builder::new()
        .prefix(".import-")
        .permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644))
        .tempfile_in(folder)
        .with_context(failed)?;
    file.write_all(text.as_bytes()).with_context(failed)?;
    file.as_file().sync_all().with_context(failed)?;
    file.persist(path).with_context(failed)?;
    Ok(())
}
