//! What Inspector lacks, under `/lynkeus/v1`: signed as its operations are, told of in `OpenAPI`.

mod coverage;
mod explain;
mod filters;
mod findings;
mod gone;
mod network;
mod submit;
mod vex;

use serde::de::DeserializeOwned;

use crate::{
    errors::{Error, Reason},
    server::{Asked, Extension},
    state::State,
};

/// The `OpenAPI` document of the extensions.
pub const OPENAPI: &str = include_str!("../../openapi.json");

/// Where the document is served.
pub const OPENAPI_PATH: &str = "/lynkeus/v1/openapi.json";

/// Bytes of a small body.
const SMALL: usize = 1 << 20;

/// Every route.
#[must_use]
pub fn routes() -> Vec<Extension<State>> {
    vec![
        submit::route(),
        network::route(),
        network::listening(),
        gone::route(),
        vex::add(),
        vex::list(),
        vex::remove(),
        findings::route(),
        explain::route(),
        filters::preview_route(),
        filters::lifetime_route(),
        coverage::route(),
    ]
}

/// The input of a request: a JSON object with the members that are known, and no others.
fn input<T: DeserializeOwned>(asked: &Asked<'_>) -> Result<T, Error> {
    serde_json::from_slice(asked.body).map_err(|error| Error::Validation {
        message: format!("The request body cannot be read: {error}"),
        reason: Reason::CannotParse,
        fields: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::{OPENAPI, OPENAPI_PATH, routes};

    #[test]
    fn the_document_tells_of_every_route_and_of_no_other() {
        let document: Value = serde_json::from_str(OPENAPI).unwrap();
        let told: BTreeSet<(&str, &str)> = document["paths"]
            .as_object()
            .unwrap()
            .iter()
            .flat_map(|(path, methods)| {
                let methods = methods.as_object().unwrap();
                methods
                    .keys()
                    .map(move |method| (path.as_str(), method.as_str()))
            })
            .collect();
        let routes = routes();
        let mut served: BTreeSet<(&str, &str)> =
            routes.iter().map(|route| (route.path, "post")).collect();
        served.insert((OPENAPI_PATH, "get"));
        assert_eq!(told, served);
        assert_eq!(document["info"]["version"], env!("CARGO_PKG_VERSION"));
        for route in &routes {
            let reads = document["paths"][route.path]["post"]["x-lynkeus-reads"] == true;
            assert_eq!(reads, route.reads, "{}", route.path);
        }
    }
}
