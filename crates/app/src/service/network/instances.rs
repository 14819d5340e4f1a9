//! Instances as resources: what `DescribeInstances` says of them beyond their packets.

use std::collections::BTreeMap;

use findings::resource::{Instance, Resource, ResourceDetails, ResourceType};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use store::networks::Document;

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Described {
    instance_id: String,
    image_id: Option<String>,
    instance_type: Option<String>,
    key_name: Option<String>,
    iam_instance_profile: Option<Profile>,
    launch_time: Option<String>,
    subnet_id: Option<String>,
    vpc_id: Option<String>,
    private_ip_address: Option<String>,
    public_ip_address: Option<String>,
    network_interfaces: Vec<Interface>,
    state: State,
    tags: Vec<Tag>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Profile {
    arn: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct State {
    name: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Tag {
    key: String,
    value: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Interface {
    association: Option<Association>,
    private_ip_addresses: Vec<Private>,
    ipv6_addresses: Vec<Six>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Private {
    private_ip_address: Option<String>,
    association: Option<Association>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Association {
    public_ip: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Six {
    ipv6_address: Option<String>,
}

/// A document of which only instances are read.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Page {
    reservations: Vec<Reservation>,
    instances: Vec<Described>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Reservation {
    instances: Vec<Described>,
}

/// How far an instance is from being scanned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Life {
    Running,
    Stopped,
    Gone,
}

/// An instance with what is known of it.
#[derive(Debug, Clone)]
pub(crate) struct Machine {
    pub(crate) resource: Resource,
    pub(crate) life: Life,
}

/// Every instance of the documents, by its id.
pub(crate) fn read(documents: &[Document]) -> BTreeMap<String, Machine> {
    let mut machines = BTreeMap::new();
    for document in documents {
        // What cannot be read is a problem that reading the networks reports.
        let pages = match serde_json::from_slice(&document.body) {
            Ok(Value::Array(pages)) => pages,
            Ok(page) => vec![page],
            Err(_) => continue,
        };
        for page in pages {
            let page: Page = serde_json::from_value(without_nulls(page)).unwrap_or_default();
            let reserved = page.reservations.into_iter().flat_map(|r| r.instances);
            for described in reserved.chain(page.instances) {
                let machine = machine(described);
                if is_instance_id(&machine.resource.id) {
                    machines.insert(machine.resource.id.clone(), machine);
                }
            }
        }
    }
    machines
}

/// Some tools write members that are not there as null.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let filled = members.into_iter().filter(|(_, member)| !member.is_null());
            Value::Object(
                filled
                    .map(|(name, member)| (name, without_nulls(member)))
                    .collect(),
            )
        }
        Value::Array(items) => Value::Array(items.into_iter().map(without_nulls).collect()),
        other => other,
    }
}

/// Whether a text is the id of an instance: `i-` with 8 or 17 hexadecimal digits.
pub(crate) fn is_instance_id(text: &str) -> bool {
    let is_hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    text.strip_prefix("i-")
        .is_some_and(|digits| matches!(digits.len(), 8 | 17) && digits.bytes().all(is_hex))
}

fn machine(described: Described) -> Machine {
    let mut ipv4: Vec<String> = Vec::new();
    let mut ipv6: Vec<String> = Vec::new();
    ipv4.extend(described.private_ip_address);
    ipv4.extend(described.public_ip_address);
    for interface in described.network_interfaces {
        for private in interface.private_ip_addresses {
            ipv4.extend(private.private_ip_address);
            ipv4.extend(private.association.and_then(|a| a.public_ip));
        }
        ipv4.extend(interface.association.and_then(|a| a.public_ip));
        ipv6.extend(
            interface
                .ipv6_addresses
                .into_iter()
                .filter_map(|a| a.ipv6_address),
        );
    }
    for addresses in [&mut ipv4, &mut ipv6] {
        let mut seen = std::collections::BTreeSet::new();
        addresses.retain(|address| !address.is_empty() && seen.insert(address.clone()));
    }
    let tags = described.tags.into_iter().map(|tag| (tag.key, tag.value));
    let life = match described.state.name.as_str() {
        "" | "running" | "pending" => Life::Running,
        "stopped" | "stopping" => Life::Stopped,
        _ => Life::Gone,
    };
    Machine {
        resource: Resource {
            kind: ResourceType::AwsEc2Instance,
            id: described.instance_id,
            tags: tags.collect(),
            details: ResourceDetails::Instance(Instance {
                instance_type: filled(described.instance_type),
                image_id: filled(described.image_id),
                ipv4,
                ipv6,
                key_name: filled(described.key_name),
                instance_profile: filled(described.iam_instance_profile.and_then(|p| p.arn)),
                vpc: filled(described.vpc_id),
                subnet: filled(described.subnet_id),
                launched_at: described.launch_time.as_deref().and_then(moment),
                platform: None,
                hostname: None,
            }),
        },
        life,
    }
}

fn filled(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

/// A time as the API writes it, or with a blank as the tools print it.
fn moment(text: &str) -> Option<i64> {
    let at: Timestamp = text.replacen(' ', "T", 1).parse().ok()?;
    Some(at.as_millisecond())
}

#[cfg(test)]
mod tests {
    use findings::resource::ResourceDetails;
    use store::networks::Document;

    use super::{Life, is_instance_id, read};

    #[test]
    fn instances_are_resources() {
        let body = br#"{"Reservations": [{"Instances": [
            {"InstanceId": "i-06669a407b2ef3ae5", "ImageId": "ami-1", "InstanceType": "t2.micro",
             "LaunchTime": "2019-08-06 23:40:11+00:00", "VpcId": "vpc-1", "SubnetId": "subnet-1",
             "PrivateIpAddress": "10.0.0.91", "IamInstanceProfile": null, "PublicIpAddress": "18.216.80.133", "KeyName": "",
             "State": {"Name": "stopped"}, "Tags": [{"Key": "Name", "Value": "web"}],
             "NetworkInterfaces": [{"PrivateIpAddresses": [{"PrivateIpAddress": "10.0.0.91"}],
                "Ipv6Addresses": [{"Ipv6Address": "2600::1"}]}]},
            {"InstanceId": "../../etc"}]}]}"#;
        let documents = [
            Document {
                name: "broken".to_owned(),
                body: b"{".to_vec(),
            },
            Document {
                name: "a".to_owned(),
                body: body.to_vec(),
            },
        ];
        let machines = read(&documents);
        assert_eq!(machines.len(), 1);
        let machine = &machines["i-06669a407b2ef3ae5"];
        assert_eq!(machine.life, Life::Stopped);
        assert_eq!(machine.resource.tags["Name"], "web");
        let ResourceDetails::Instance(instance) = &machine.resource.details else {
            panic!("{machine:?}");
        };
        assert_eq!(instance.ipv4, ["10.0.0.91", "18.216.80.133"]);
        assert_eq!(instance.ipv6, ["2600::1"]);
        assert_eq!(instance.launched_at, Some(1_565_134_811_000));
        assert_eq!(instance.key_name, None);
    }

    #[test]
    fn ids_have_their_form() {
        for (text, expected) in [
            ("i-0123456789abcdef0", true),
            ("i-01234567", true),
            ("i-0123456789abcdef", false),
            ("i-0123456789ABCDEF0", false),
            ("web", false),
        ] {
            assert_eq!(is_instance_id(text), expected, "{text}");
        }
    }
}
