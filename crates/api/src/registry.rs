//! The table of handlers, and what a handler gets.

use std::fmt;

use model::Timestamp;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{
    errors::Error,
    operation::{Call, OPERATIONS, Operation},
    sigv4::Caller,
    token::{self, Binding, Sealer},
};

/// What a handler knows of its request beside the input; `S` is the state of the service.
#[derive(Debug)]
pub struct Context<'a, S> {
    pub state: &'a S,
    /// Who calls, in which account and Region.
    pub caller: &'a Caller,
    /// The server's time when the request came.
    pub now: Timestamp,
    pub request_id: &'a str,
    pub operation: &'static Operation,
    pub(crate) sealer: &'a Sealer,
    pub(crate) binding: Binding,
}

impl<S> Context<'_, S> {
    /// The `nextToken` that continues this call after `cursor`.
    pub fn seal(&self, cursor: &impl Serialize) -> Result<String, Error> {
        token::seal(self.sealer, &self.binding, cursor)
    }

    /// The cursor of the request's `nextToken`, none on the first page.
    pub fn open<T: DeserializeOwned>(&self, token: Option<&str>) -> Result<Option<T>, Error> {
        let open = |token| token::open(self.sealer, &self.binding, token);
        token
            .filter(|token| !token.is_empty())
            .map(open)
            .transpose()
    }

    /// An ARN of this service in the caller's account and Region.
    pub fn arn(&self, resource: &str) -> String {
        let Caller {
            region, account, ..
        } = self.caller;
        format!("arn:aws:inspector2:{region}:{account}:{resource}")
    }
}

/// A handler of one operation.
pub type Handler<S, C> =
    fn(&Context<'_, S>, <C as Call>::Input) -> Result<<C as Call>::Output, Error>;

type Erased<S> = Box<dyn Fn(&Context<'_, S>, Value) -> Result<Vec<u8>, Error> + Send + Sync>;

/// Which function answers which operation.
pub struct Registry<S> {
    handlers: Vec<Option<Erased<S>>>,
}

impl<S: 'static> Registry<S> {
    /// A table without handlers.
    #[must_use]
    pub fn new() -> Self {
        Self {
            handlers: OPERATIONS.iter().map(|_| None).collect(),
        }
    }

    /// Adds the handler of one operation. It runs on a thread of its own and may block.
    #[must_use]
    pub fn on<C: Call>(mut self, _call: C, handler: Handler<S, C>) -> Self {
        let erased = move |context: &Context<'_, S>, input: Value| {
            let input = serde_json::from_value(input);
            // The input was validated: what cannot be read now is a gap of validation.
            let input = input.map_err(|error| Error::invalid(error.to_string()))?;
            let output = handler(context, input)?;
            serde_json::to_vec(&output).map_err(|error| Error::Internal(error.to_string()))
        };
        if let Some(slot) = self.handlers.get_mut(C::INDEX) {
            *slot = Some(Box::new(erased));
        }
        self
    }

    /// Operations without handler, in the order of the table.
    pub fn not_offered(&self) -> Vec<&'static str> {
        let rows = OPERATIONS.iter().zip(&self.handlers);
        rows.filter(|(_, handler)| handler.is_none())
            .map(|(operation, _)| operation.name)
            .collect()
    }

    /// Runs the handler of the operation at `index`.
    pub(crate) fn run(
        &self,
        index: usize,
        context: &Context<'_, S>,
        input: Value,
    ) -> Result<Vec<u8>, Error> {
        match self.handlers.get(index) {
            Some(Some(handler)) => handler(context, input),
            _ => Err(Error::invalid(format!(
                "The operation {} is not offered by this server yet",
                context.operation
            ))),
        }
    }
}

impl<S: 'static> Default for Registry<S> {
    fn default() -> Self {
        Self::new()
    }
}

impl<S> fmt::Debug for Registry<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let offered = self.handlers.iter().flatten().count();
        write!(f, "Registry({offered} handlers)")
    }
}
