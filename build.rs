//! Presses what a release carries inside, and tells the linker how a release is put together.

use std::{
    env,
    error::Error,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use flate2::{Compression, write::GzEncoder};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo names no folder")?);
    for name in
        ["openapi.json", "skills.jsonl", "roles.jsonl", "relations.jsonl", "resumes.txt", "demo.json", "courses.jsonl"]
    {
        println!("cargo::rerun-if-changed=data/{name}");
        press(Path::new("data").join(name).as_path(), &folder.join(format!("{name}.gz")))?;
    }
    let is_release = env::var("PROFILE")? == "release";
    if is_release {
        press_all(Path::new("static"), &folder.join("static"))?;
    }
    // A hundred thousand addresses within the program are noted as a bitmap in place of a list: 2.5 MB less on the disk.
    if is_release && env::var("CARGO_CFG_TARGET_OS")? == "linux" {
        println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
    Ok(())
}

fn press(from: &Path, to: &Path) -> Result<(), Box<dyn Error>> {
    let mut press = GzEncoder::new(Vec::new(), Compression::best());
    press.write_all(&fs::read(from)?)?;
    Ok(fs::write(to, press.finish()?)?)
}

/// Presses each file of the web application under its name. Its pages stay as they are: the program writes into them where the
/// others are.
fn press_all(from: &Path, to: &Path) -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={}", from.display());
    if to.exists() {
        fs::remove_dir_all(to)?;
    }
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type()?.is_dir() {
            press_all(&from, &to)?;
        } else if from.extension().is_some_and(|it| it == "html") {
            fs::copy(&from, &to)?;
        } else {
            press(&from, &to)?;
        }
    }
    Ok(())
}
