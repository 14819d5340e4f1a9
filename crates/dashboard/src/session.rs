//! Who is signed in: a signed cookie that names an access key, which must still be good.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use api::{
    sigv4::Key,
    token::{self, Binding},
};
use axum::http::{HeaderMap, header};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use store::{Scope, keys, vex::Sender};

use crate::{Dashboard, answer::Failure};

/// How long a session lasts, in milliseconds.
const LASTS: i64 = 12 * 60 * 60 * 1000;

/// How long a sign-in link can be used, in milliseconds.
const INVITED: i64 = 15 * 60 * 1000;

/// Invitations and ended sessions that are remembered.
const REMEMBERED: usize = 10_000;

const COOKIE: &str = "lynkeus_session";

/// The cookie that ties the sign-in form to a browser.
const VISITOR: &str = "lynkeus_visitor";

/// What the cookie says.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Ticket {
    /// Id of the access key.
    key: String,
    region: String,
    /// Milliseconds since 1970.
    until: i64,
    nonce: String,
}

/// Someone who is signed in.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) scope: Scope,
    /// Whether nothing may be changed.
    pub(crate) is_reader: bool,
    /// The role, and the key it signed in with.
    pub(crate) sender: Sender,
    ticket: Ticket,
}

/// A link that signs in once.
#[derive(Debug)]
pub(crate) struct Invitation {
    key: String,
    until: i64,
}

fn held<K, V>(map: &Mutex<HashMap<K, V>>) -> MutexGuard<'_, HashMap<K, V>> {
    map.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The value of a cookie that a request carries.
fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE).iter();
    lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

/// A cookie that pages of this site alone can send and scripts cannot read.
fn set_cookie(headers: &HeaderMap, name: &str, value: &str, seconds: i64) -> String {
    // A proxy that ends TLS says so. Who says so without one only hurts themselves.
    let proxied = headers.get("x-forwarded-proto");
    let secure = if proxied.is_some_and(|scheme| scheme == "https") {
        "; Secure"
    } else {
        ""
    };
    format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}")
}

impl Dashboard {
    pub(crate) fn seal(
        &self,
        purpose: &str,
        bound: &str,
        value: &impl Serialize,
    ) -> Result<String, Failure> {
        let binding = Binding::new(purpose, bound, "", &Value::Null);
        let sealed = token::seal(&self.settings.sealer, &binding, value);
        sealed.map_err(|error| Failure::Internal(error.to_string()))
    }

    pub(crate) fn open<T: DeserializeOwned>(
        &self,
        purpose: &str,
        bound: &str,
        text: &str,
    ) -> Option<T> {
        let binding = Binding::new(purpose, bound, "", &Value::Null);
        token::open(&self.settings.sealer, &binding, text).ok()
    }

    /// A token for a link that signs in as the holder of a key, once and soon.
    pub fn invite(&self, key: &str) -> String {
        let token = keys::unforeseen();
        let until = (self.settings.now)().as_millisecond() + INVITED;
        let mut invitations = held(&self.invitations);
        if invitations.len() >= REMEMBERED {
            invitations.clear();
        }
        let key = key.to_owned();
        invitations.insert(token.clone(), Invitation { key, until });
        token
    }

    /// The key of an invitation, which is used up.
    pub(crate) fn accept(&self, token: &str, now: i64) -> Option<String> {
        let invitation = held(&self.invitations).remove(token)?;
        (invitation.until > now).then_some(invitation.key)
    }

    /// A key that is good.
    pub(crate) fn key(&self, id: &str) -> Result<Option<Key>, Failure> {
        let found = self.settings.credentials.find(id);
        found.map_err(|error| Failure::Internal(error.to_string()))
    }

    /// The cookie that begins a session.
    pub(crate) fn begin(
        &self,
        headers: &HeaderMap,
        key: &str,
        now: i64,
    ) -> Result<String, Failure> {
        let ticket = Ticket {
            key: key.to_owned(),
            region: self.settings.region.clone(),
            until: now + LASTS,
            nonce: keys::unforeseen(),
        };
        self.cookie_of(headers, &ticket, now)
    }

    fn cookie_of(&self, headers: &HeaderMap, ticket: &Ticket, now: i64) -> Result<String, Failure> {
        let sealed = self.seal("dashboard session", "", ticket)?;
        let seconds = (ticket.until - now) / 1000;
        Ok(set_cookie(headers, COOKIE, &sealed, seconds))
    }

    /// The session of a request, if it has a good one.
    pub(crate) fn session(
        &self,
        headers: &HeaderMap,
        now: i64,
    ) -> Result<Option<Session>, Failure> {
        let sealed = cookie(headers, COOKIE);
        let ticket = sealed.and_then(|text| self.open::<Ticket>("dashboard session", "", text));
        let Some(ticket) = ticket.filter(|ticket| ticket.until > now) else {
            return Ok(None);
        };
        if held(&self.ended).contains_key(&ticket.nonce) {
            return Ok(None);
        }
        let key = self.key(&ticket.key)?;
        Ok(key.map(|key| Session {
            scope: Scope::new(key.account, &ticket.region),
            is_reader: key.is_reader,
            sender: Sender {
                principal: key.principal,
                access_key: ticket.key.clone(),
            },
            ticket,
        }))
    }

    /// The cookie of the same session in another Region.
    pub(crate) fn in_region(
        &self,
        headers: &HeaderMap,
        session: &Session,
        region: &str,
        now: i64,
    ) -> Result<String, Failure> {
        let ticket = Ticket {
            region: region.to_owned(),
            ..session.ticket.clone()
        };
        self.cookie_of(headers, &ticket, now)
    }

    /// Ends a session; the cookie that takes it from the browser.
    pub(crate) fn end(&self, headers: &HeaderMap, session: &Session, now: i64) -> String {
        let mut ended = held(&self.ended);
        if ended.len() >= REMEMBERED {
            ended.retain(|_, until| *until > now);
        }
        ended.insert(session.ticket.nonce.clone(), session.ticket.until);
        set_cookie(headers, COOKIE, "", 0)
    }

    /// What a form of this session must carry.
    pub(crate) fn form_token(&self, session: &Session) -> Result<String, Failure> {
        self.seal("dashboard form", &session.ticket.nonce, &())
    }

    /// Whether a form was made for this session.
    pub(crate) fn is_own_form(&self, session: &Session, token: &str) -> bool {
        let opened: Option<()> = self.open("dashboard form", &session.ticket.nonce, token);
        opened.is_some()
    }

    /// What the sign-in form must carry, and the cookie that ties it to this browser.
    pub(crate) fn visitor(&self, headers: &HeaderMap) -> Result<(String, String), Failure> {
        let nonce = keys::unforeseen();
        let cookie = set_cookie(headers, VISITOR, &nonce, LASTS / 1000);
        Ok((self.seal("dashboard sign-in", &nonce, &())?, cookie))
    }

    /// Whether the sign-in form was made for this browser.
    pub(crate) fn is_own_visitor(&self, headers: &HeaderMap, token: &str) -> bool {
        let nonce = cookie(headers, VISITOR);
        nonce.is_some_and(|nonce| self.open::<()>("dashboard sign-in", nonce, token).is_some())
    }
}
