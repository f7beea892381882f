//! Presses what the analysis carries inside, as the build of careerd does.

use std::{env, error::Error, fs, io::Write as _, path::PathBuf};

use flate2::{Compression, write::GzEncoder};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo names no folder")?);
    for name in ["skills.jsonl", "roles.jsonl", "relations.jsonl", "resumes.txt"] {
        println!("cargo::rerun-if-changed=../data/{name}");
        let mut press = GzEncoder::new(Vec::new(), Compression::fast());
        press.write_all(&fs::read(format!("../data/{name}"))?)?;
        fs::write(folder.join(format!("{name}.gz")), press.finish()?)?;
    }
    Ok(())
}
