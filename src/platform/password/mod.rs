//! Passwords: hashed with argon2id on threads of their own, and told apart from ones that are easily guessed.

mod strength;

pub use strength::{RULE, strength};

use super::config::Passwords;
use anyhow::{Context, anyhow};
use argon2::password_hash::{Output, ParamsString, PasswordHash, SaltString};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use rand::RngCore;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use tokio::sync::oneshot;

/// How many passwords may wait; at about 15 ms each on one core this is the longest wait anybody should bear.
const WAITING: usize = 256;
/// How much lower than the rest of the program the threads stand (the unit of `nice`).
const NICE: i32 = 10;
const OUTPUT_BYTES: usize = 32;
/// Room for the memory of one hash, in blocks of 1 KiB. More than 32 MiB, for what is smaller and was given back the C
/// library keeps for the next caller, and in pieces that may not fit again; what is larger goes back to the system at once,
/// and of it only what was written to costs anything.
const ROOM: usize = 33 * 1024;

/// What came of comparing a password with a stored hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is the password.
    Right {
        /// Whether the stored hash is cheaper than today's and should be made anew.
        needs_rehash: bool,
    },
    /// It is not, or there is nothing to compare with.
    Wrong,
}

/// The error when too many passwords wait already: the caller should come again in some seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many passwords are waiting to be checked")]
pub struct Busy;

/// Threads that hash and verify passwords, one per core, of low priority so that other calls are answered meanwhile.
pub struct PasswordPool {
    queue: SyncSender<Job>,
    cost: Cost,
}

enum Job {
    Hash { password: String, reply: oneshot::Sender<anyhow::Result<String>> },
    Verify { password: String, stored: Option<String>, reply: oneshot::Sender<anyhow::Result<Verdict>> },
}

impl PasswordPool {
    /// Starts the threads; they end when the pool is dropped.
    ///
    /// # Errors
    /// When the cost is beyond what argon2 allows or a thread cannot be started.
    pub fn start(settings: &Passwords) -> anyhow::Result<Self> {
        let cost = Cost::new(settings)?;
        let (queue, jobs) = sync_channel(WAITING);
        let jobs = Arc::new(Mutex::new(jobs));
        for number in 0..thread::available_parallelism().map_or(1, usize::from) {
            let (jobs, cost) = (jobs.clone(), cost.clone());
            thread::Builder::new()
                .name(format!("password-{number}"))
                .spawn(move || work(&jobs, &cost))
                .context("password thread")?;
        }
        Ok(Self { queue, cost })
    }

    /// Hashes a password with a fresh salt; the result is a PHC string.
    ///
    /// # Errors
    /// [`Busy`] when too many wait already.
    pub async fn hash(&self, password: String) -> anyhow::Result<String> {
        let (reply, answer) = oneshot::channel();
        self.send(Job::Hash { password, reply })?;
        answer.await.context("password thread")?
    }

    /// Compares a password with a stored PHC string. Without one the same work is done, so that the time taken does
    /// not tell whether an account exists.
    ///
    /// # Errors
    /// [`Busy`] when too many wait already.
    pub async fn verify(&self, password: String, stored: Option<String>) -> anyhow::Result<Verdict> {
        let (reply, answer) = oneshot::channel();
        self.send(Job::Verify { password, stored, reply })?;
        answer.await.context("password thread")?
    }

    /// Whether a stored hash is cheaper than today's setting, or cannot be read.
    pub fn needs_rehash(&self, stored: &str) -> bool {
        PasswordHash::new(stored)
            .ok()
            .and_then(|hash| Params::try_from(&hash).ok())
            .is_none_or(|params| self.cost.exceeds(&params))
    }

    fn send(&self, job: Job) -> anyhow::Result<()> {
        self.queue.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) => anyhow!(Busy),
            TrySendError::Disconnected(_) => anyhow!("the password threads have ended"),
        })
    }
}

/// Whether a PHC string from elsewhere may be imported: argon2id with m ≤ 64 MiB, t ≤ 10, p ≤ 4, salt and hash.
///
/// # Errors
/// A sentence that says what is wrong with it.
pub fn acceptable_phc(phc: &str) -> Result<(), String> {
    let unreadable = |_| "The password hash is not a readable PHC string.".to_owned();
    let hash = PasswordHash::new(phc).map_err(unreadable)?;
    if hash.algorithm != argon2::ARGON2ID_IDENT {
        return Err("The password hash must be of argon2id.".into());
    }
    let params = Params::try_from(&hash).map_err(unreadable)?;
    if params.m_cost() > 64 * 1024 || params.t_cost() > 10 || params.p_cost() > 4 {
        return Err("The password hash must have m of at most 65536, t of at most 10 and p of at most 4.".into());
    }
    let salt = hash.salt.and_then(|salt| salt.decode_b64(&mut [0; 64]).map(<[u8]>::len).ok());
    let version = hash.version.unwrap_or(Version::V0x13.into());
    let complete = salt.is_some_and(|length| length >= argon2::MIN_SALT_LEN)
        && hash.hash.is_some_and(|output| output.len() >= 16)
        && params.keyid().is_empty()
        && params.data().is_empty()
        && Version::try_from(version).is_ok();
    if complete { Ok(()) } else { Err("The password hash lacks a salt or hash that can be used here.".into()) }
}

/// What a thread of the pool does until the pool is dropped.
fn work(jobs: &Mutex<Receiver<Job>>, cost: &Cost) {
    // On Linux "this process" means the calling thread here; elsewhere the whole program would step back.
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::setpriority_process(None, NICE) {
        tracing::debug!(%error, "password threads run at normal priority");
    }
    let queue = || jobs.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        let waited = queue().recv();
        let Ok(mut job) = waited else { return };
        // The memory of a hash is kept while others wait, which is faster, and given back when nobody does.
        let mut memory = Vec::with_capacity(ROOM);
        loop {
            // Nobody listens for an answer after a caller has gone away: that is no fault, and no work.
            match job {
                Job::Hash { reply, .. } if reply.is_closed() => {}
                Job::Verify { reply, .. } if reply.is_closed() => {}
                Job::Hash { password, reply } => drop(reply.send(cost.hash(&password, &mut memory))),
                Job::Verify { password, stored, reply } => {
                    drop(reply.send(cost.verify(&password, stored.as_deref(), &mut memory)));
                }
            }
            // A thread that waits holds the queue's lock, and then there is nothing to take for this one.
            let more = jobs.try_lock().ok().and_then(|queue| queue.try_recv().ok());
            match more {
                Some(next) => job = next,
                None => break,
            }
        }
    }
}

/// The cost of new hashes.
#[derive(Debug, Clone)]
struct Cost(Params);

impl Cost {
    fn new(settings: &Passwords) -> anyhow::Result<Self> {
        Params::new(settings.memory_kib, settings.iterations, settings.parallelism, Some(OUTPUT_BYTES))
            .map(Self)
            .map_err(|error| anyhow!("cost of passwords: {error}"))
    }

    /// Whether new hashes cost more than one with these parameters.
    fn exceeds(&self, other: &Params) -> bool {
        self.0.m_cost() > other.m_cost() || self.0.t_cost() > other.t_cost() || self.0.p_cost() > other.p_cost()
    }

    fn hash(&self, password: &str, memory: &mut Vec<Block>) -> anyhow::Result<String> {
        let failed = |error| anyhow!("hashing a password: {error}");
        let mut salt = [0; 16];
        rand::rng().fill_bytes(&mut salt);
        let output = fill(&self.0, Version::V0x13, password, &salt, OUTPUT_BYTES, memory).map_err(failed)?;
        let salt = SaltString::encode_b64(&salt).map_err(failed)?;
        let hash = PasswordHash {
            algorithm: argon2::ARGON2ID_IDENT,
            version: Some(Version::V0x13.into()),
            params: ParamsString::try_from(&self.0).map_err(failed)?,
            salt: Some(salt.as_salt()),
            hash: Some(output),
        };
        Ok(hash.to_string())
    }

    fn verify(&self, password: &str, stored: Option<&str>, memory: &mut Vec<Block>) -> anyhow::Result<Verdict> {
        let read = stored.map(|phc| acceptable_phc(phc).map(|()| phc));
        if let Some(Err(reason)) = &read {
            tracing::error!(reason, "a stored password hash cannot be used");
        }
        let Some(Ok(phc)) = read else {
            fill(&self.0, Version::V0x13, password, &[0; 16], OUTPUT_BYTES, memory)
                .map_err(|error| anyhow!("hashing a password: {error}"))?;
            return Ok(Verdict::Wrong);
        };
        let (expected, output, params) =
            again(phc, password, memory).map_err(|error| anyhow!("a stored password: {error}"))?;
        // The comparison of outputs takes the same time wherever they differ.
        if expected == output { Ok(Verdict::Right { needs_rehash: self.exceeds(&params) }) } else { Ok(Verdict::Wrong) }
    }
}

/// Hashes a password the way of a stored hash: (what is stored, what came out, how it was made).
fn again(
    phc: &str,
    password: &str,
    memory: &mut Vec<Block>,
) -> argon2::password_hash::Result<(Output, Output, Params)> {
    use argon2::password_hash::Error;
    let hash = PasswordHash::new(phc)?;
    let (Some(salt), Some(expected)) = (hash.salt, hash.hash) else { return Err(Error::Password) };
    let params = Params::try_from(&hash)?;
    let version = hash.version.map_or(Ok(Version::V0x13), Version::try_from)?;
    let mut buffer = [0; 64];
    let output = fill(&params, version, password, salt.decode_b64(&mut buffer)?, expected.len(), memory)?;
    Ok((expected, output, params))
}

/// One run of argon2id over memory that grows as needed.
fn fill(
    params: &Params,
    version: Version,
    password: &str,
    salt: &[u8],
    length: usize,
    memory: &mut Vec<Block>,
) -> argon2::password_hash::Result<Output> {
    let blocks = params.block_count();
    if memory.len() < blocks {
        memory.resize(blocks, Block::default());
    }
    let argon = Argon2::new(Algorithm::Argon2id, version, params.clone());
    Output::init_with(length, |output| {
        Ok(argon.hash_password_into_with_memory(password.as_bytes(), salt, output, &mut memory[..])?)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pool() -> PasswordPool {
        PasswordPool::start(&Passwords::default()).unwrap()
    }

    #[tokio::test]
    async fn a_password_is_recognised_and_no_other() {
        let pool = pool();
        let hash = pool.hash("correct horse".into()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert_ne!(hash, pool.hash("correct horse".into()).await.unwrap());
        assert_eq!(acceptable_phc(&hash), Ok(()));
        let right = pool.verify("correct horse".into(), Some(hash.clone())).await.unwrap();
        assert_eq!(right, Verdict::Right { needs_rehash: false });
        assert_eq!(pool.verify("correct house".into(), Some(hash)).await.unwrap(), Verdict::Wrong);
        assert_eq!(pool.verify("correct horse".into(), None).await.unwrap(), Verdict::Wrong);
        for unusable in ["", "!", "$2b$12$abcdefghijklmnopqrstuv"] {
            assert_eq!(pool.verify("x".into(), Some(unusable.into())).await.unwrap(), Verdict::Wrong);
        }
    }

    #[tokio::test]
    async fn hashes_of_other_programs_are_understood() {
        // Of the reference program: echo -n password | argon2 somesalt -id -t 2 -k 65536 -p 1
        let known = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
        assert_eq!(acceptable_phc(known), Ok(()));
        let pool = pool();
        let verdict = pool.verify("password".into(), Some(known.into())).await.unwrap();
        assert_eq!(verdict, Verdict::Right { needs_rehash: false });
        assert!(!pool.needs_rehash(known));
    }

    #[tokio::test]
    async fn cheaper_hashes_are_made_anew() {
        let mut memory = Vec::new();
        let cheap = Cost(Params::new(64, 1, 1, Some(32)).unwrap()).hash("correct horse", &mut memory).unwrap();
        let pool = pool();
        assert!(pool.needs_rehash(&cheap) && pool.needs_rehash("nonsense"));
        let verdict = pool.verify("correct horse".into(), Some(cheap)).await.unwrap();
        assert_eq!(verdict, Verdict::Right { needs_rehash: true });
    }

    #[test]
    fn imported_hashes_have_bounds() {
        let end = "$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
        for good in ["m=65536,t=10,p=4", "m=8,t=1,p=1"] {
            assert_eq!(acceptable_phc(&format!("$argon2id$v=19${good}{end}")), Ok(()));
        }
        for bad in [
            String::new(),
            "password".into(),
            format!("$argon2id$v=19$m=65537,t=2,p=1{end}"),
            format!("$argon2id$v=19$m=65536,t=11,p=1{end}"),
            format!("$argon2id$v=19$m=65536,t=2,p=5{end}"),
            format!("$argon2i$v=19$m=65536,t=2,p=1{end}"),
            format!("$argon2d$v=19$m=65536,t=2,p=1{end}"),
            format!("$argon2id$v=99$m=65536,t=2,p=1{end}"),
            format!("$argon2id$v=19$m=65536,t=2,p=1,keyid=aaaa{end}"),
            "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ".into(),
            "$argon2id$v=19$m=65536,t=2,p=1".into(),
            "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMa".into(),
            "$2b$12$LQv3c1yqBWVHxkd0LHAkCOYz6TtxMQJqhN8/LewdBPj4J/8K5xQ5e".into(),
        ] {
            assert!(acceptable_phc(&bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_unknown_account_takes_the_work_of_a_wrong_password() {
        let cost = Cost::new(&Passwords::default()).unwrap();
        let hash = cost.hash("correct horse", &mut Vec::new()).unwrap();
        for stored in [Some(&*hash), None] {
            let mut memory = Vec::new();
            assert_eq!(cost.verify("wrong password", stored, &mut memory).unwrap(), Verdict::Wrong);
            let written = memory.iter().filter(|block| block.as_ref().iter().any(|word| *word != 0)).count();
            assert_eq!(written, 19_456, "{stored:?}");
        }
    }

    #[tokio::test]
    async fn the_queue_is_bounded() {
        let pool = pool();
        let mut answers = Vec::new();
        let refused = loop {
            let (reply, answer) = oneshot::channel();
            match pool.send(Job::Verify { password: "x".into(), stored: None, reply }) {
                Ok(()) => answers.push(answer),
                Err(error) => break error,
            }
        };
        assert!(refused.is::<Busy>());
        assert!(answers.len() >= WAITING);
        drop(pool);
        drop(answers);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn only_the_password_threads_step_back() {
        let before = rustix::process::getpriority_process(None).unwrap();
        let (queue, jobs) = sync_channel::<Job>(1);
        drop(queue);
        let inside = thread::spawn(move || {
            work(&Mutex::new(jobs), &Cost::new(&Passwords::default()).unwrap());
            rustix::process::getpriority_process(None).unwrap()
        });
        assert_eq!(inside.join().unwrap(), NICE);
        assert_eq!(rustix::process::getpriority_process(None).unwrap(), before);
    }

    proptest! {
        #[test]
        fn no_text_makes_reading_a_hash_panic(text in "\\PC*|\\$argon2id\\$v=[0-9]{1,3}\\$m=[0-9]{1,6},t=[0-9]{1,2}\\$[A-Za-z0-9+/]{0,30}\\$[A-Za-z0-9+/]{0,50}") {
            let _ = acceptable_phc(&text);
        }
    }
}
