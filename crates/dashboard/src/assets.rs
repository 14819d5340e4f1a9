//! The style, the script and the icon, which are part of the program.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::Response,
};

/// A file that browsers keep.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asset {
    pub(crate) path: &'static str,
    kind: &'static str,
    text: &'static str,
}

pub(crate) const STYLE: Asset = Asset {
    path: "/assets/style.css",
    kind: "text/css; charset=utf-8",
    text: concat!(
        include_str!("../assets/style.css"),
        include_str!("../assets/path.css")
    ),
};

pub(crate) const SCRIPT: Asset = Asset {
    path: "/assets/preview.js",
    kind: "text/javascript; charset=utf-8",
    text: include_str!("../assets/preview.js"),
};

pub(crate) const ICON: Asset = Asset {
    path: "/assets/icon.svg",
    kind: "image/svg+xml",
    text: include_str!("../assets/icon.svg"),
};

pub(crate) const ALL: [Asset; 3] = [STYLE, SCRIPT, ICON];

impl Asset {
    /// The address, another one when the file is another.
    pub(crate) fn address(&self) -> String {
        let mut hasher = DefaultHasher::new();
        self.text.hash(&mut hasher);
        format!("{}?{:016x}", self.path, hasher.finish())
    }

    pub(crate) fn response(&self) -> Response {
        let mut response = Response::new(Body::from(self.text));
        let headers = [
            (header::CONTENT_TYPE, self.kind),
            (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        ];
        for (name, value) in headers {
            response
                .headers_mut()
                .insert(name, HeaderValue::from_static(value));
        }
        response
    }
}
