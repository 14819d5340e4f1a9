//! Documents that are cut, strange, repeated or merged.

use super::{File, read};

fn file(name: &str, text: &str) -> File {
    File {
        name: name.to_owned(),
        bytes: text.as_bytes().to_vec(),
    }
}

#[test]
fn bad_documents_lose_nothing_else() {
    let rows = [
        ("", "not JSON"),
        ("7", "not a response"),
        (
            "{\"Vpcs\":[{\"VpcId\":7},{\"VpcId\":\"vpc-2\"}]}",
            "Vpcs: invalid type",
        ),
        ("{\"Vpcs\":[{}]}", "without identifier"),
        (
            "{\"Vpcs\":[{\"VpcId\":\"vpc-1\",\"State\":\"gone\"}]}",
            "listed twice",
        ),
    ];
    for (text, expected) in rows {
        let good = file(
            "a/Vpcs.json",
            "{\"Vpcs\":[{\"VpcId\":\"vpc-1\",\"State\":\"available\"}],\"New\":{}}",
        );
        let (snapshot, problems) = read(&[good, file("b/x.json", text)]);
        assert!(snapshot.vpcs.contains_key("vpc-1"), "{text}");
        let all: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert!(
            all.iter()
                .any(|p| p.starts_with("b/x.json: ") && p.contains(expected)),
            "{text}: {all:?}"
        );
    }
}

#[test]
fn two_descriptions_of_an_attachment_are_one() {
    let general = r#"{"TransitGatewayAttachments":[{"TransitGatewayAttachmentId":"a","TransitGatewayId":"t",
        "ResourceType":"vpc","ResourceId":"vpc-1","State":"available",
        "Association":{"TransitGatewayRouteTableId":"r","State":"associated"}}]}"#;
    let vpc = r#"{"TransitGatewayVpcAttachments":[{"TransitGatewayAttachmentId":"a","TransitGatewayId":"t",
        "VpcId":"vpc-1","State":"available","SubnetIds":["s"],"Options":{"ApplianceModeSupport":"enable"}}]}"#;
    for order in [[general, vpc], [vpc, general]] {
        let (snapshot, problems) = read(&order.map(|text| file("f.json", text)));
        assert_eq!(problems, []);
        let attachment = &snapshot.transit_attachments["a"];
        assert_eq!(attachment.vpc_id, "vpc-1");
        assert_eq!(attachment.resource_type, "vpc");
        assert_eq!(attachment.association.transit_gateway_route_table_id, "r");
        assert_eq!(
            attachment.subnet_ids.as_deref(),
            Some(&["s".to_owned()][..])
        );
        assert_eq!(attachment.options.appliance_mode_support, "enable");
    }
}

#[test]
fn lower_camel_case_and_nulls_are_read() {
    let text = r#"{"virtualInterfaces":[{"virtualInterfaceId":"v","virtualInterfaceState":"available",
        "virtualGatewayId":"vgw-1","directConnectGatewayId":null}]}"#;
    let (snapshot, problems) = read(&[file("f.json", text)]);
    assert_eq!(problems, []);
    assert_eq!(snapshot.virtual_interfaces["v"].virtual_gateway_id, "vgw-1");
}
