//! The parts of a CSAF 2.0 document that are read, and its product tree.

use std::collections::HashMap;

use serde::Deserialize;

/// A document (CSAF 2.0 §3.2).
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Csaf {
    pub(crate) document: Header,
    #[serde(default)]
    pub(crate) product_tree: ProductTree,
    #[serde(default)]
    pub(crate) vulnerabilities: Vec<Vulnerability>,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Header {
    #[serde(default)]
    pub(crate) title: String,
    #[serde(default)]
    pub(crate) aggregate_severity: Text,
    #[serde(default)]
    pub(crate) publisher: Publisher,
    #[serde(default)]
    pub(crate) references: Vec<Reference>,
    pub(crate) tracking: Tracking,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Publisher {
    #[serde(default)]
    pub(crate) name: String,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Tracking {
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) initial_release_date: String,
    #[serde(default)]
    pub(crate) current_release_date: String,
}

/// An object of which only the text counts.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Text {
    #[serde(default)]
    pub(crate) text: String,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Reference {
    #[serde(default)]
    pub(crate) url: String,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct ProductTree {
    #[serde(default)]
    branches: Vec<Branch>,
    #[serde(default)]
    full_product_names: Vec<Product>,
    #[serde(default)]
    relationships: Vec<Relationship>,
}

#[derive(Debug, Default, Deserialize)]
struct Branch {
    #[serde(default)]
    category: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    product: Option<Product>,
    #[serde(default)]
    branches: Vec<Self>,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Product {
    #[serde(rename = "product_id")]
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) name: String,
    #[serde(default, rename = "product_identification_helper")]
    pub(crate) known_as: Identification,
    /// Name of the `architecture` branch that holds the product; empty if there is none.
    #[serde(skip)]
    pub(crate) arch: String,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Identification {
    #[serde(default)]
    pub(crate) cpe: String,
    #[serde(default)]
    pub(crate) purl: String,
}

#[derive(Debug, Default, Deserialize)]
struct Relationship {
    full_product_name: Product,
    product_reference: String,
    relates_to_product_reference: String,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Vulnerability {
    #[serde(default)]
    pub(crate) cve: String,
    #[serde(default)]
    pub(crate) title: String,
    #[serde(default)]
    pub(crate) cwe: Option<Cwe>,
    #[serde(default)]
    pub(crate) ids: Vec<Text>,
    #[serde(default)]
    pub(crate) notes: Vec<Note>,
    #[serde(default)]
    pub(crate) product_status: HashMap<String, Vec<String>>,
    #[serde(default)]
    pub(crate) remediations: Vec<Remediation>,
    #[serde(default)]
    pub(crate) threats: Vec<Threat>,
    #[serde(default)]
    pub(crate) flags: Vec<Flag>,
    #[serde(default)]
    pub(crate) scores: Vec<Score>,
    #[serde(default)]
    pub(crate) references: Vec<Reference>,
    #[serde(default)]
    pub(crate) release_date: String,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Cwe {
    #[serde(default)]
    pub(crate) id: String,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Note {
    #[serde(default)]
    pub(crate) category: String,
    #[serde(default)]
    pub(crate) text: String,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Remediation {
    #[serde(default)]
    pub(crate) category: String,
    #[serde(default)]
    pub(crate) details: String,
    #[serde(default)]
    pub(crate) product_ids: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Threat {
    #[serde(default)]
    pub(crate) category: String,
    #[serde(default)]
    pub(crate) details: String,
    #[serde(default)]
    pub(crate) product_ids: Vec<String>,
}

/// A machine-readable justification (CSAF 2.0 §3.2.3.5).
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Flag {
    #[serde(default)]
    pub(crate) label: String,
    #[serde(default)]
    pub(crate) product_ids: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Score {
    #[serde(default, rename = "cvss_v2")]
    pub(crate) v2: Option<Vector>,
    #[serde(default, rename = "cvss_v3")]
    pub(crate) v3: Option<Vector>,
    #[serde(default, rename = "cvss_v4")]
    pub(crate) v4: Option<Vector>,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Vector {
    #[serde(default, rename = "vectorString")]
    pub(crate) vector: String,
}

/// The products of a document by their id.
#[derive(Debug, Default)]
pub(crate) struct Products {
    products: HashMap<String, Product>,
    /// A product made of two others: the component and what it is part of.
    relationships: HashMap<String, (String, String)>,
}

/// A product, taken apart.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Resolved<'a> {
    /// The package, or the product itself if it is no combination.
    pub(crate) component: &'a Product,
    /// The RPM module the component is part of.
    pub(crate) module: Option<&'a Product>,
    /// The product the component is installed with.
    pub(crate) platform: Option<&'a Product>,
}

impl Products {
    pub(crate) fn new(tree: ProductTree) -> Self {
        let mut products = HashMap::new();
        let mut keep = |product: Product| {
            products.insert(product.id.clone(), product);
        };
        tree.full_product_names.into_iter().for_each(&mut keep);
        // The reader's own depth limit bounds the nesting of branches.
        let mut open: Vec<(Branch, String)> = tree
            .branches
            .into_iter()
            .map(|b| (b, String::new()))
            .collect();
        while let Some((branch, outer)) = open.pop() {
            let arch = if branch.category == "architecture" {
                branch.name
            } else {
                outer
            };
            if let Some(mut product) = branch.product {
                product.arch.clone_from(&arch);
                keep(product);
            }
            open.extend(branch.branches.into_iter().map(|b| (b, arch.clone())));
        }
        let relationships = tree
            .relationships
            .into_iter()
            .map(|r| {
                (
                    r.full_product_name.id,
                    (r.product_reference, r.relates_to_product_reference),
                )
            })
            .collect();
        Self {
            products,
            relationships,
        }
    }

    /// Takes a product apart; none if the tree does not have it, or if it is nested deeper than
    /// a package in a module in a platform.
    pub(crate) fn resolve(&self, id: &str) -> Option<Resolved<'_>> {
        let Some((component, whole)) = self.relationships.get(id) else {
            return Some(Resolved {
                component: self.products.get(id)?,
                module: None,
                platform: None,
            });
        };
        let component = self.products.get(component)?;
        let (module, platform) = match self.relationships.get(whole) {
            Some((module, platform)) => (self.products.get(module), self.products.get(platform)?),
            None => (None, self.products.get(whole)?),
        };
        Some(Resolved {
            component,
            module,
            platform: Some(platform),
        })
    }
}
