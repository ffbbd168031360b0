//! A folder of keys that takes its place when all are in it.

use std::{
    fs::{self, Permissions},
    io::Write,
    os::unix::fs::PermissionsExt,
    path::Path,
};

use serde::Serialize;
use tempfile::TempDir;

use crate::{
    ckks::{
        Context,
        serial::{self, Stored},
    },
    cli::{
        error::{Failure, Outcome},
        files,
        progress::Bar,
    },
};

/// A folder beside its place, removed with what is in it unless it takes it.
pub(in crate::cli) struct Folder<'a> {
    out: &'a Path,
    temporary: TempDir,
    pub(in crate::cli) context: &'a Context,
    written: Vec<Written>,
    bar: Bar,
}

/// A file in it.
#[derive(Serialize)]
pub(in crate::cli) struct Written {
    pub(in crate::cli) file: String,
    pub(in crate::cli) bytes: u64,
}

impl<'a> Folder<'a> {
    /// Empty; so many files will be written.
    pub(in crate::cli) fn begin(out: &'a Path, context: &'a Context, steps: u64) -> Outcome<Self> {
        let parent = files::folder_of(out);
        let made = fs::create_dir_all(parent).and_then(|()| {
            tempfile::Builder::new()
                .prefix(".equiripple-")
                .permissions(Permissions::from_mode(0o777))
                .tempdir_in(parent)
        });
        Ok(Self {
            temporary: files::at(out, made.map_err(Into::into))?,
            out,
            context,
            written: vec![],
            bar: Bar::new(steps, "making keys"),
        })
    }

    /// Writes a key; folders of its name are made.
    pub(in crate::cli) fn write<T: Stored>(&mut self, name: &str, value: &T) -> Outcome<()> {
        let context = self.context;
        self.put(name, |path| serial::write(path, value, context))
    }

    /// Writes the parameters.
    pub(in crate::cli) fn parameters(&mut self, name: &str) -> Outcome<()> {
        let parameters = self.context.parameters();
        self.put(name, |path| serial::write_parameters(path, parameters))
    }

    /// Writes text.
    pub(in crate::cli) fn text(&mut self, name: &str, text: &str) -> Outcome<()> {
        self.put(name, |path| {
            let mut file = fs::File::create(path)?;
            file.write_all(text.as_bytes())?;
            Ok(file.sync_all()?)
        })
    }

    fn put(
        &mut self,
        name: &str,
        write: impl FnOnce(&Path) -> Result<(), serial::SerialError>,
    ) -> Outcome<()> {
        let path = self.temporary.path().join(name);
        let made = fs::create_dir_all(files::folder_of(&path));
        // Of the place where it will be: the other is gone when somebody reads this.
        files::at(
            &self.out.join(name),
            made.map_err(Into::into).and_then(|()| write(&path)),
        )?;
        self.bar.step(name);
        self.written.push(Written {
            file: name.into(),
            bytes: fs::metadata(&path)?.len(),
        });
        Ok(())
    }

    /// Takes its place, and says what is in it.
    pub(in crate::cli) fn finish(self) -> Outcome<Vec<Written>> {
        let sync = |path: &Path| fs::File::open(path).and_then(|folder| folder.sync_all());
        let done = sync(self.temporary.path())
            .and_then(|()| fs::rename(self.temporary.path(), self.out))
            .and_then(|()| sync(files::folder_of(self.out)));
        files::at(self.out, done.map_err(Into::into))?;
        Ok(self.written)
    }
}

/// Refuses a folder with something in it, and a file.
pub(in crate::cli) fn check_empty(out: &Path) -> Outcome<()> {
    let taken = match fs::read_dir(out) {
        Ok(mut entries) => entries.next().is_some(),
        Err(_) => out.exists(),
    };
    if taken {
        return Err(Failure::Usage(format!(
            "{} exists and is not an empty folder; keys are never overwritten: choose another --out",
            out.display()
        )));
    }
    Ok(())
}
