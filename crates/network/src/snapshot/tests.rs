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

/// The problems of two documents, in this order and in the other.
fn contradictions(first: &str, second: &str) -> [Vec<String>; 2] {
    [[first, second], [second, first]].map(|order| {
        let (_, problems) = read(&order.map(|text| file("f.json", text)));
        problems.iter().map(ToString::to_string).collect()
    })
}

#[test]
fn contradictions_about_attachments_are_problems() {
    let attachment = |more: &str| {
        format!(
            r#"{{"TransitGatewayAttachments":[{{"TransitGatewayAttachmentId":"a","ResourceType":"vpc"{more}}}]}}"#
        )
    };
    let of_vpc = |more: &str| {
        format!(
            r#"{{"TransitGatewayVpcAttachments":[{{"TransitGatewayAttachmentId":"a","TransitGatewayId":"t"{more}}}]}}"#
        )
    };
    let association = r#","TransitGatewayId":"t","Association":{"TransitGatewayRouteTableId":"#;
    let gateway = |vpc: &str| {
        format!(
            r#"{{"InternetGateways":[{{"InternetGatewayId":"g","Attachments":[{{"VpcId":"{vpc}","State":"available"}}]}}]}}"#
        )
    };
    let listed =
        r#"{"NetworkInterfaces":[{"NetworkInterfaceId":"e","Attachment":{"InstanceId":"i-1"}}]}"#;
    let rows = [
        (attachment(r#","ResourceId":"vpc-1""#), of_vpc(r#","VpcId":"vpc-2""#), "a has another"),
        (attachment(r#","State":"available""#), of_vpc(r#","State":"deleted""#), "State"),
        (attachment(r#","TransitGatewayId":"u""#), of_vpc(""), "TransitGatewayId"),
        (of_vpc(r#","SubnetIds":["s"]"#), of_vpc(r#","SubnetIds":["s","r"]"#), "SubnetIds"),
        (
            of_vpc(r#","SubnetIds":["s"],"Options":{"ApplianceModeSupport":"enable"}"#),
            of_vpc(r#","SubnetIds":["s"],"Options":{"ApplianceModeSupport":"disable"}"#),
            "Options",
        ),
        (
            attachment(&format!("{association}\"r\"}}")),
            attachment(&format!("{association}\"q\"}}")),
            "Association",
        ),
        (
            attachment(&format!("{association}\"r\"}}")),
            r#"{"TransitGatewayRouteTableId":"q","Associations":[{"TransitGatewayAttachmentId":"a"}]}"#.to_owned(),
            "",
        ),
        (gateway("vpc-1"), gateway("vpc-2"), "listed twice with different content"),
        (
            gateway("vpc-1"),
            gateway("vpc-1").replace("\"g\"", "\"h\""),
            "vpc-1 has the gateways g and h",
        ),
        (
            r#"{"VpnGateways":[{"VpnGatewayId":"v","VpcAttachments":[{"VpcId":"vpc-1","State":"attached"}]}]}"#.to_owned(),
            r#"{"VpnGateways":[{"VpnGatewayId":"v","VpcAttachments":[{"VpcId":"vpc-1","State":"detached"}]}]}"#.to_owned(),
            "listed twice with different content",
        ),
        (
            listed.to_owned(),
            r#"{"Instances":[{"InstanceId":"i-2","NetworkInterfaces":[{"NetworkInterfaceId":"e"}]}]}"#.to_owned(),
            "e belongs to the instance i-1, and here to i-2",
        ),
        (
            r#"{"NetworkAcls":[{"NetworkAclId":"n","Associations":[{"SubnetId":"s"}]}]}"#.to_owned(),
            r#"{"NetworkAcls":[{"NetworkAclId":"m","Associations":[{"SubnetId":"s"}]}]}"#.to_owned(),
            "s has the ACLs m and n",
        ),
        (
            r#"{"RouteTables":[{"RouteTableId":"n","Associations":[{"SubnetId":"s"}]}]}"#.to_owned(),
            r#"{"RouteTables":[{"RouteTableId":"m","Associations":[{"SubnetId":"s"}]}]}"#.to_owned(),
            "s has the tables m and n",
        ),
    ];
    for (first, second, expected) in rows {
        for all in contradictions(&first, &second) {
            let text = format!("{first} {second}: {all:?}");
            assert_eq!(all.len(), 1, "{text}");
            assert!(all.iter().any(|p| p.contains(expected)), "{text}");
        }
        let same = contradictions(&first, &first);
        assert_eq!(same, [const { Vec::<String>::new() }; 2], "{first}");
    }
}

#[test]
fn the_two_sides_of_a_peering_do_not_contradict_each_other() {
    let side = |own: &str, other: &str, table: &str| {
        format!(
            r#"{{"TransitGatewayAttachments":[{{"TransitGatewayAttachmentId":"p","TransitGatewayId":"{own}",
            "ResourceType":"peering","ResourceId":"{other}","ResourceOwnerId":"{other}","State":"available",
            "Association":{{"TransitGatewayRouteTableId":"{table}","State":"associated"}}}}]}}"#
        )
    };
    let (one, two) = (side("t", "u", "r"), side("u", "t", "q"));
    assert_eq!(
        contradictions(&one, &two),
        [const { Vec::<String>::new() }; 2]
    );
    let other = side("t", "u", "z");
    for all in contradictions(&one, &other) {
        assert!(all.iter().any(|p| p.contains("Association")), "{all:?}");
    }
}
