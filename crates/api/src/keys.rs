//! Access keys of the store, remembered for a short time.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use store::{
    Engine,
    keys::{self, MasterKey, Role},
};

use crate::{
    errors::Error,
    scalar::Secret,
    sigv4::{Credentials, Key},
};

/// How long a key is believed without asking the store: so long may a disabled one still act.
const FRESH: Duration = Duration::from_secs(5);

/// Keys that are remembered; a stranger may send any number of identifiers.
const MOST: usize = 1_000;

type Remembered = HashMap<String, (Instant, Option<Key>)>;

/// The keys of a store.
pub struct StoredKeys {
    engine: Arc<Engine>,
    master: MasterKey,
    remembered: Mutex<Remembered>,
}

impl fmt::Debug for StoredKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredKeys").finish_non_exhaustive()
    }
}

impl StoredKeys {
    pub fn new(engine: Arc<Engine>, master: MasterKey) -> Self {
        Self {
            engine,
            master,
            remembered: Mutex::default(),
        }
    }

    fn remembered(&self) -> std::sync::MutexGuard<'_, Remembered> {
        self.remembered
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Credentials for StoredKeys {
    fn find(&self, access_key_id: &str) -> Result<Option<Key>, Error> {
        if let Some((at, key)) = self.remembered().get(access_key_id)
            && at.elapsed() < FRESH
        {
            return Ok(key.clone());
        }
        let found = self
            .engine
            .read(|tx| keys::find(tx, &self.master, access_key_id))?;
        let key = found.map(|(key, secret)| Key {
            principal: key.principal(),
            is_reader: key.role == Role::Reader,
            account: key.account,
            secret: Secret::from(secret),
            session_token: None,
            expires: None,
        });
        let mut remembered = self.remembered();
        if remembered.len() >= MOST {
            remembered.clear();
        }
        remembered.insert(access_key_id.to_owned(), (Instant::now(), key.clone()));
        Ok(key)
    }
}
