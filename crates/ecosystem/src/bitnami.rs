//! Components of Bitnami images, by the SPDX documents in them.

use model::PurlType;
use serde::Deserialize;

use crate::lenient::{List, Object, Text, json};
use crate::listing::Listing;
use crate::{Ecosystem, Extracted, Extractor, FileInfo, Input, version};

/// Software that Bitnami builds and installs below `/opt/bitnami`.
pub static BITNAMI: Ecosystem = Ecosystem {
    purl_type: PurlType::new("bitnami"),
    title: "Bitnami components",
    osv_name: Some("Bitnami"),
    normalize_name: str::to_lowercase,
    scheme: &version::generic::BITNAMI,
    extractors: &[Extractor {
        name: "bitnami/spdx",
        version: 1,
        wants: is_document,
        magic: &[],
        extract,
    }],
};

/// Largest document that is read, in bytes.
const LIMIT: u64 = 64 << 20;

/// `opt/bitnami/nginx/.spdx-nginx.spdx`, also where `/opt` itself is below another root.
fn is_document(file: &FileInfo<'_>) -> bool {
    let name = file.file_name();
    name.starts_with(".spdx-")
        && name
            .strip_suffix("spdx")
            .is_some_and(|stem| stem.ends_with('.'))
        && (file.path.starts_with("opt/bitnami/") || file.path.contains("/opt/bitnami/"))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Document {
    packages: List<Object<SpdxPackage>>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct SpdxPackage {
    external_refs: List<Object<Reference>>,
    license_declared: Text,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Reference {
    reference_type: Text,
    reference_locator: Text,
}

/// The packages with a purl of Bitnami's type; those of others are the component's own
/// libraries, which their ecosystems' extractors find where they lie.
fn extract(input: &mut Input<'_>) -> Extracted {
    let document: Document = match json(input, LIMIT) {
        Ok(document) => document,
        Err(problem) => return Extracted::problem(problem),
    };
    let mut listing = Listing::installed(&BITNAMI, input.file.path);
    for package in document.packages.0.into_iter().filter_map(|p| p.0) {
        let references = package.external_refs.0.iter().filter_map(|r| r.0.as_ref());
        let purl = references
            .filter(|r| r.reference_type.as_str() == Some("purl"))
            .find_map(|r| r.reference_locator.as_str()?.strip_prefix("pkg:bitnami/"));
        let Some((name, version)) = purl.and_then(|purl| purl.split_once('@')) else {
            continue;
        };
        let version = version.split(['?', '#']).next().unwrap_or(version);
        let license = package.license_declared.as_str();
        if let Some(added) = listing.add(name, &version.replace("%2B", "+"))
            && let Some(license) = license.filter(|l| !["NOASSERTION", "NONE"].contains(l))
        {
            added.licenses = vec![license.to_owned()];
        }
    }
    listing.finish()
}

#[cfg(test)]
mod tests {
    use super::BITNAMI;
    use crate::check::check_extract;

    #[test]
    fn components_have_a_purl_of_bitnami() {
        check_extract(
            &BITNAMI,
            "opt/bitnami/postgresql/.spdx-postgresql.spdx",
            &[
                (
                    "component, its library, another ecosystem",
                    br#"{"spdxVersion":"SPDX-2.3","packages":[
                      {"SPDXID":"SPDXRef-postgresql","name":"PostgreSQL","versionInfo":"15.3.0-2",
                       "licenseDeclared":"PostgreSQL","externalRefs":[
                        {"referenceCategory":"SECURITY","referenceType":"cpe23Type","referenceLocator":"cpe:2.3:*"},
                        {"referenceCategory":"PACKAGE-MANAGER","referenceType":"purl",
                         "referenceLocator":"pkg:bitnami/postgresql@15.3.0-2?arch=amd64&distro=debian-12"}]},
                      {"name":"GEOS","licenseDeclared":"NOASSERTION","externalRefs":[
                        {"referenceType":"purl","referenceLocator":"pkg:bitnami/geos@3.8.3"}]},
                      {"name":"x","externalRefs":[
                        {"referenceType":"purl","referenceLocator":"pkg:golang/x@v1.0.0"}]},
                      {"name":"none"}]}"#,
                    &["postgresql 15.3.0-2 license=PostgreSQL", "geos 3.8.3"],
                ),
                (
                    "not JSON",
                    b"SPDXVersion: SPDX-2.3\n",
                    &[
                        "! opt/bitnami/postgresql/.spdx-postgresql.spdx: not the expected JSON: \
                         expected value at line 1 column 1",
                    ],
                ),
            ],
        );
    }
}
