//! The errors of the API: one table from cause to exception name, status, body and headers.

use serde_json::{Map, Value, json};

use crate::operation::Service;

/// The error shapes of the service model.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    AccessDenied,
    BadRequest,
    Conflict,
    InternalServer,
    ResourceNotFound,
    ServiceQuotaExceeded,
    Throttling,
    Validation,
}

impl Kind {
    /// Exception name and HTTP status.
    pub const fn row(self) -> (&'static str, u16) {
        match self {
            Self::AccessDenied => ("AccessDeniedException", 403),
            Self::BadRequest => ("BadRequestException", 400),
            Self::Conflict => ("ConflictException", 409),
            Self::InternalServer => ("InternalServerException", 500),
            Self::ResourceNotFound => ("ResourceNotFoundException", 404),
            Self::ServiceQuotaExceeded => ("ServiceQuotaExceededException", 402),
            Self::Throttling => ("ThrottlingException", 429),
            Self::Validation => ("ValidationException", 400),
        }
    }
}

/// Why a `ValidationException` was raised.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Reason {
    CannotParse,
    FieldValidationFailed,
    Other,
    /// Of `ScanSbom` only.
    UnsupportedSbomType,
}

impl Reason {
    const fn as_str(self) -> &'static str {
        match self {
            Self::CannotParse => "CANNOT_PARSE",
            Self::FieldValidationFailed => "FIELD_VALIDATION_FAILED",
            Self::Other => "OTHER",
            Self::UnsupportedSbomType => "UNSUPPORTED_SBOM_TYPE",
        }
    }
}

/// What is wrong with one member of an input.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Field {
    /// Path of the member, as `filterCriteria.severity.1.member.value`.
    pub name: String,
    pub message: String,
}

/// Why an operation was not done. Messages go to the client, except [`Self::Internal`]'s.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Error {
    #[error("{message}")]
    Validation {
        message: String,
        reason: Reason,
        fields: Vec<Field>,
    },
    #[error("{0}")]
    BadRequest(String),
    #[error("{0}")]
    AccessDenied(String),
    #[error("{0}")]
    NotFound(String),
    #[error("{message}")]
    Conflict {
        message: String,
        resource_id: String,
        resource_type: String,
    },
    #[error("{message}")]
    QuotaExceeded {
        message: String,
        resource_id: String,
    },
    /// Too many requests; the seconds after which to try again.
    #[error("rate exceeded")]
    Throttling { retry_after: u32 },
    /// The server failed. The text is for the log; the client only sees that it happened.
    #[error("{0}")]
    Internal(String),
    /// The signature or its key is refused: exception name, status and text are AWS's own.
    #[error("{message}")]
    Refused {
        name: &'static str,
        status: u16,
        message: String,
    },
}

/// Seconds after which a client may repeat a request that failed inside the server.
const RETRY_INTERNAL: u32 = 1;

/// An error as HTTP carries it.
#[derive(Clone, Debug, PartialEq)]
pub struct Response {
    pub status: u16,
    /// Value of `x-amzn-ErrorType`.
    pub name: &'static str,
    /// Value of `Retry-After` in seconds.
    pub retry_after: Option<u32>,
    pub body: Value,
}

impl Error {
    /// A `ValidationException` about the request as a whole.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::Validation {
            message: message.into(),
            reason: Reason::Other,
            fields: Vec::new(),
        }
    }

    /// A `ValidationException` about one member of the input.
    pub fn invalid_field(name: impl Into<String>, message: impl Into<String>) -> Self {
        let message = message.into();
        Self::Validation {
            message: message.clone(),
            reason: Reason::FieldValidationFailed,
            fields: vec![Field {
                name: name.into(),
                message,
            }],
        }
    }

    fn kind(&self) -> Option<Kind> {
        Some(match self {
            Self::Validation { .. } => Kind::Validation,
            Self::BadRequest(_) => Kind::BadRequest,
            Self::AccessDenied(_) => Kind::AccessDenied,
            Self::NotFound(_) => Kind::ResourceNotFound,
            Self::Conflict { .. } => Kind::Conflict,
            Self::QuotaExceeded { .. } => Kind::ServiceQuotaExceeded,
            Self::Throttling { .. } => Kind::Throttling,
            Self::Internal(_) => Kind::InternalServer,
            Self::Refused { .. } => return None,
        })
    }

    /// The error as `service` answers it.
    pub fn response(&self, service: Service) -> Response {
        let (name, status) = match self {
            Self::Refused { name, status, .. } => (*name, *status),
            _ => self.kind().unwrap_or(Kind::InternalServer).row(),
        };
        let mut body = Map::new();
        body.insert("message".to_owned(), self.to_string().into());
        let mut put = |name: &str, value: Value| body.insert(name.to_owned(), value);
        let mut retry_after = None;
        match self {
            Self::Validation { reason, fields, .. } => {
                put("reason", reason.as_str().into());
                if !fields.is_empty() {
                    let field = |f: &Field| json!({"name": f.name, "message": f.message});
                    put("fields", fields.iter().map(field).collect());
                }
            }
            Self::Conflict {
                resource_id,
                resource_type,
                ..
            } => {
                put("resourceId", resource_id.as_str().into());
                put("resourceType", resource_type.as_str().into());
            }
            Self::QuotaExceeded { resource_id, .. } => {
                put("resourceId", resource_id.as_str().into());
            }
            Self::Throttling {
                retry_after: seconds,
            } => {
                put("message", "Rate exceeded".into());
                retry_after = Some(*seconds);
            }
            Self::Internal(_) => {
                put("message", "An internal error occurred".into());
                if service == Service::InspectorScan {
                    put("reason", "OTHER".into());
                }
                retry_after = Some(RETRY_INTERNAL);
            }
            Self::BadRequest(_)
            | Self::AccessDenied(_)
            | Self::NotFound(_)
            | Self::Refused { .. } => {}
        }
        Response {
            status,
            name,
            retry_after,
            body: body.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Error, Service};

    fn check(error: &Error, status: u16, name: &str, retry_after: Option<u32>, body: &str) {
        let response = error.response(Service::Inspector2);
        let found = (response.status, response.name, response.retry_after);
        assert_eq!(found, (status, name, retry_after));
        assert_eq!(response.body.to_string(), body);
    }

    #[test]
    fn errors_have_the_models_names_and_members() {
        let m = || "m".to_owned();
        let only = r#"{"message":"m"}"#;
        let invalid = r#"{"message":"m","reason":"OTHER"}"#;
        check(
            &Error::invalid("m"),
            400,
            "ValidationException",
            None,
            invalid,
        );
        let field = r#"{"fields":[{"message":"m","name":"a.b"}],"message":"m","reason":"FIELD_VALIDATION_FAILED"}"#;
        let error = Error::invalid_field("a.b", "m");
        check(&error, 400, "ValidationException", None, field);
        check(
            &Error::BadRequest(m()),
            400,
            "BadRequestException",
            None,
            only,
        );
        check(
            &Error::AccessDenied(m()),
            403,
            "AccessDeniedException",
            None,
            only,
        );
        check(
            &Error::NotFound(m()),
            404,
            "ResourceNotFoundException",
            None,
            only,
        );
        let error = Error::Conflict {
            message: m(),
            resource_id: "i".to_owned(),
            resource_type: "t".to_owned(),
        };
        let conflict = r#"{"message":"m","resourceId":"i","resourceType":"t"}"#;
        check(&error, 409, "ConflictException", None, conflict);
        let error = Error::QuotaExceeded {
            message: m(),
            resource_id: "i".to_owned(),
        };
        let quota = r#"{"message":"m","resourceId":"i"}"#;
        check(&error, 402, "ServiceQuotaExceededException", None, quota);
    }

    #[test]
    fn clients_learn_when_to_retry_and_nothing_of_the_inside() {
        let error = Error::Throttling { retry_after: 3 };
        let body = r#"{"message":"Rate exceeded"}"#;
        check(&error, 429, "ThrottlingException", Some(3), body);
        let error = Error::Internal("secret".to_owned());
        let body = r#"{"message":"An internal error occurred"}"#;
        check(&error, 500, "InternalServerException", Some(1), body);
        let scan = error.response(Service::InspectorScan);
        assert_eq!(scan.body["reason"], "OTHER");
    }
}
