//! Files that are attached: looked into, kept, shown small, and opened at the desk.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fs;
use std::io::{self, Read as _};
use std::path::PathBuf;

use super::types::FileShown;
use super::{Answer, Desk};
use crate::domain::attachment::{self, Attachment, LARGEST, NotTaken};
use crate::domain::time::Instant;
use crate::engine::lookup;
use crate::error::Failure;
use crate::formats::attachment::{Taken, taken};
use crate::formats::picture;
use crate::store::attachments;

impl Desk {
    /// Whether a file of this size may come to those that are there; asked before it is read.
    pub async fn may_attach(&self, name: String, size: u64, beside: Vec<Attachment>) -> Answer<()> {
        attachment::admit(size, &beside).map_err(|why| refused(&name, &why))
    }

    /// Looks into a file, given in base64, and keeps what is fit to be sent of it. It is on
    /// the disk before this returns; nothing names it yet.
    pub async fn keep_file(&self, name: String, data: String, beside: Vec<Attachment>) -> Answer<Attachment> {
        self.keep(move |keeping| {
            let not_taken = |why: NotTaken| refused(&name, &why);
            // Four signs are three bytes.
            let size = data.len() as u64 / 4 * 3;
            if size > LARGEST + 3 {
                return Err(not_taken(NotTaken::TooLarge { size }));
            }
            let bytes = STANDARD.decode(data).map_err(|_| Failure::other(format!("{name} did not arrive whole. Attach it again.")))?;
            keeping.whole(&name, bytes, &beside)
        })
        .await
    }

    /// The same with a file on this computer. Only what is a file is read, and no more of it than may be attached.
    pub(super) async fn keep_from_disk(&self, path: PathBuf, beside: Vec<Attachment>) -> Answer<Attachment> {
        self.keep(move |keeping| {
            let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
            let unread = |why: String| Failure::invalid("attachments", format!("{name} was not attached: {why}"));
            let not_taken = |why: NotTaken| refused(&name, &why);
            // What is no file, a pipe for instance, may never be opened.
            let is_file = |what: io::Result<fs::Metadata>| match what {
                Ok(what) if !what.is_file() => Err(unread(format!("{} is no file.", path.display()))),
                Ok(what) => Ok(what),
                Err(error) => Err(unread(format!("{} cannot be read ({error}).", path.display()))),
            };
            let size = is_file(fs::metadata(&path))?.len();
            attachment::admit(size, &beside).map_err(not_taken)?;
            let cannot = |error: io::Error| unread(format!("{} cannot be read ({error}).", path.display()));
            let mut bytes = Vec::new();
            fs::File::open(&path).and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes)).map_err(cannot)?;
            keeping.whole(&name, bytes, &beside)
        })
        .await
    }

    async fn keep(&self, work: impl FnOnce(Keeping) -> Answer<Attachment> + Send + 'static) -> Answer<Attachment> {
        let added_at = self.now();
        let by = self.read(|db| Ok(lookup::desk(db)?.actor())).await?;
        let keeping = Keeping { folder: self.engine.store.folder().to_path_buf(), added_at, by };
        apart(move || work(keeping)).await
    }

    pub async fn show_file(&self, attachment: Attachment) -> Answer<FileShown> {
        let size = attachment::spoken_size(attachment.size);
        if !attachment.kind.is_image() {
            return Ok(FileShown { image: None, size });
        }
        let folder = self.engine.store.folder().to_path_buf();
        apart(move || {
            // One that is gone or broken is listed all the same.
            let bytes = attachments::read(&folder, &attachment.hash).ok();
            let small = bytes.and_then(|bytes| picture::thumbnail(attachment.kind, &bytes));
            Ok(FileShown { image: small.map(|png| format!("data:image/png;base64,{}", STANDARD.encode(png))), size })
        })
        .await
    }

    /// A copy with its own name, for the desktop to open. What was attached stays as it is,
    /// whatever is done with the copy.
    pub async fn copy_attachment(&self, attachment: Attachment) -> Answer<PathBuf> {
        let folder = self.engine.store.folder().to_path_buf();
        apart(move || {
            let name = attachment::named(&attachment.name, attachment.kind, &[]);
            attachments::copy(&folder, &attachment.hash, &name)
                .map_err(|error| Failure::other(format!("{name} cannot be opened: it could not be read from the data folder ({error}).")))
        })
        .await
    }
}

/// Where a file is kept, and by whom.
struct Keeping {
    folder: PathBuf,
    added_at: Instant,
    by: String,
}

impl Keeping {
    /// Looks into a file that was read, and keeps what is fit to be sent of it.
    fn whole(self, name: &str, bytes: Vec<u8>, beside: &[Attachment]) -> Answer<Attachment> {
        let not_taken = |why: NotTaken| refused(name, &why);
        attachment::admit(bytes.len() as u64, beside).map_err(not_taken)?;
        let Taken { kind, bytes } = taken(name, bytes).map_err(not_taken)?;
        let size = bytes.len() as u64;
        attachment::admit(size, beside).map_err(not_taken)?;
        let hash = attachments::keep(&self.folder, &bytes).map_err(|error| {
            Failure::other(format!(
                "{name} could not be kept ({error}). What was written before is safe. Check that the disk has room, then attach it again."
            ))
        })?;
        if let Some(same) = beside.iter().find(|one| one.hash == hash) {
            return Err(not_taken(NotTaken::Already { name: same.name.clone() }));
        }
        Ok(Attachment { name: attachment::named(name, kind, beside), hash, kind, size, added_at: self.added_at, by: self.by })
    }
}

fn refused(name: &str, why: &NotTaken) -> Failure {
    Failure::invalid("attachments", why.about(name))
}

/// Where it holds nothing else up.
async fn apart<T: Send + 'static>(work: impl FnOnce() -> Answer<T> + Send + 'static) -> Answer<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|_| Err(Failure::other("Baton itself failed at this file. Nothing else was touched.")))
}
