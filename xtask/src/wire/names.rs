//! Rust names for names of the model.

/// `lowerCamel` as `snake_case`, a keyword as a raw identifier.
pub(super) fn field(name: &str) -> String {
    let mut snake = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(c.to_ascii_lowercase());
    }
    if snake == "type" {
        return "r#type".to_owned();
    }
    snake
}

/// What serde's `rename_all = "camelCase"` makes of a field.
pub(super) fn camel(field: &str) -> String {
    let mut camel = String::new();
    let mut upper = false;
    for c in field.trim_start_matches("r#").chars() {
        if c == '_' {
            upper = true;
        } else if upper {
            camel.push(c.to_ascii_uppercase());
            upper = false;
        } else {
            camel.push(c);
        }
    }
    camel
}

/// A type's or a union member's name: the first letter is upper case.
pub(super) fn kind(name: &str) -> String {
    let mut chars = name.chars();
    let first = chars.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(chars).collect()
}

/// An enum value as a variant: words by every character that is no letter or digit, and by case.
pub(super) fn variant(value: &str) -> String {
    let shouting = value.chars().all(|c| !c.is_ascii_lowercase());
    let words = value.split(|c: char| !c.is_ascii_alphanumeric());
    let joined: String = words
        .map(|word| {
            if shouting {
                kind(&word.to_ascii_lowercase())
            } else {
                kind(word)
            }
        })
        .collect();
    if joined.starts_with(|c: char| c.is_ascii_digit()) {
        return format!("N{joined}");
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::{camel, field, variant};

    #[test]
    fn names_read_as_rust() {
        let rows = [
            ("ipV4Addresses", "ip_v4_addresses"),
            ("type", "r#type"),
            ("Url", "url"),
            ("ec2InstanceAggregation", "ec2_instance_aggregation"),
        ];
        for (name, expected) in rows {
            assert_eq!(field(name), expected);
        }
        assert_eq!(camel(&field("ipV4Addresses")), "ipV4Addresses");
        assert_eq!(camel(&field("Url")), "url");
        let rows = [
            ("AWS_EC2_INSTANCE", "AwsEc2Instance"),
            ("DAYS_180", "Days180"),
            (
                "compute.googleapis.com/Instance",
                "ComputeGoogleapisComInstance",
            ),
            ("dev_dependency", "DevDependency"),
        ];
        for (value, expected) in rows {
            assert_eq!(variant(value), expected);
        }
    }
}
