//! Presses the catalogue as the build of careerd does.

use std::{env, error::Error, fs, io::Write as _, path::PathBuf};

use flate2::{Compression, write::GzEncoder};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo names no folder")?);
    println!("cargo::rerun-if-changed=../data/skills.jsonl");
    let mut press = GzEncoder::new(Vec::new(), Compression::fast());
    press.write_all(&fs::read("../data/skills.jsonl")?)?;
    fs::write(folder.join("skills.jsonl.gz"), press.finish()?)?;
    Ok(())
}
