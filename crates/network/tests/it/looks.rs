//! Edits for the kinds of look-ups that random edits seldom reach, in estates prepared for each.
//!
//! Most bring an object, or a value of one, that was looked for before and was not there: whom that
//! concerns is known by that look-up alone.

use std::sync::Arc;

use lynkeus_network::finding::Options;
use lynkeus_network::incremental::Live;
use lynkeus_network::snapshot::Snapshot;
use serde_json::json;

use super::balanced::ARN;
use super::edits::{fresh, without};
use super::estate::snapshot;
use super::prepared::{
    ELSEWHERE, accelerated, another, association, balanced, direct, elastic, join, lax, listener,
    of, origin, peered, put, referring, ruleless, table, through_appliance, unheard, unlisted,
    virtual_interface, without_acls, without_elastic, without_tables,
};
use super::ways::{KINDS, open};

/// An edit of estates that were prepared for it.
struct Look {
    /// The look-up by which it is felt: an object by its identifier, those with a value in a field,
    /// all of a kind, or which there are.
    what: &'static str,
    prepare: fn(&mut Snapshot),
    edit: fn(&mut Snapshot),
}

const LOOKS: &[Look] = &[
    Look {
        what: "By(RoutedSubnet)",
        prepare: lax,
        edit: |s| {
            let route = json!({"DestinationCidrBlock": "10.9.0.0/16", "NatGatewayId": "nat-1"});
            table(s, "rtb-new", 1, &json!([{"SubnetId": "subnet-11"}]), route);
        },
    },
    Look {
        what: "By(TableVpc)",
        prepare: through_appliance,
        edit: |s| {
            let route = json!({"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-new"});
            table(s, "rtb-new", 1, &json!([{"SubnetId": "subnet-12"}]), route);
        },
    },
    Look {
        what: "By(DefaultOf)",
        prepare: |s| {
            without_acls(s);
            s.acls.remove("acl-1");
        },
        edit: |s| {
            put!(s.acls, "acl-new", {"NetworkAclId": "acl-new", "VpcId": "vpc-1", "IsDefault": true});
        },
    },
    Look {
        what: "By(GroupName)",
        prepare: |s| origin(s, json!({"UserIdGroupPairs": [{"GroupId": "sg-name"}]})),
        edit: |s| {
            put!(s.groups, "sg-name", {"GroupId": "sg-name", "VpcId": "vpc-1",
                "GroupName": "CloudFront-VPCOrigins-Service-SG"});
        },
    },
    Look {
        what: "By(ListName)",
        prepare: |s| origin(s, json!({"PrefixListIds": [{"PrefixListId": "pl-name"}]})),
        edit: |s| {
            put!(s.prefix_lists, "pl-name", {"PrefixListId": "pl-name", "Cidrs": [],
                "PrefixListName": "com.amazonaws.global.cloudfront.origin-facing"});
        },
    },
    Look {
        what: "By(Group)",
        prepare: peered,
        edit: join,
    },
    Look {
        what: "By(Subnet)",
        prepare: |s| {
            without_acls(s);
            s.subnets.clear();
        },
        edit: |s| {
            let mut first = another(s, "eni--", "10.2.9.9");
            first.vpc_id = "vpc-2".to_owned();
            s.interfaces.insert("eni--".to_owned(), first);
        },
    },
    Look {
        what: "Object(Subnets)",
        prepare: without_acls,
        edit: |s| {
            for subnet in s.subnets.values_mut() {
                subnet.vpc_id = "vpc-2".to_owned();
            }
        },
    },
    Look {
        what: "By(Address)",
        prepare: |s| balanced(s, "10.1.1.77"),
        edit: |s| {
            let new = another(s, "eni-new", "10.1.1.77");
            s.interfaces.insert("eni-new".to_owned(), new);
        },
    },
    Look {
        what: "Keys(Vpcs)",
        prepare: |s| {
            balanced(s, "10.2.1.77");
            let mut new = another(s, "eni-new", "10.2.1.77");
            new.vpc_id = "vpc-0".to_owned();
            s.interfaces.insert("eni-new".to_owned(), new);
        },
        edit: |s| {
            put!(s.vpcs, "vpc-0", {"VpcId": "vpc-0", "CidrBlock": "10.2.0.0/16"});
        },
    },
    Look {
        what: "By(Behind)",
        prepare: without_elastic,
        edit: |s| elastic(s, "eipalloc-new", "54.0.1.1"),
    },
    Look {
        what: "Object(ElasticIps)",
        prepare: |s| {
            without_elastic(s);
            elastic(s, "eipalloc-new", "54.0.1.1");
        },
        edit: |s| elastic(s, "eipalloc-new", "54.0.1.2"),
    },
    Look {
        what: "By(PublicAddress)",
        prepare: unlisted,
        edit: |s| {
            put!(s.elastic_ips, "eipalloc-new", {"AllocationId": "eipalloc-new",
                "PublicIp": "54.0.0.10"});
        },
    },
    Look {
        what: "By(Allocation)",
        prepare: unlisted,
        edit: |s| elastic(s, "eipalloc-0", "54.0.9.9"),
    },
    Look {
        what: "By(Side)",
        prepare: without_tables,
        edit: |s| {
            put!(s.peerings, "pcx-new", {"VpcPeeringConnectionId": "pcx-new",
                "Status": {"Code": "active"}, "AccepterVpcInfo": {"VpcId": "vpc-1"},
                "RequesterVpcInfo": {"VpcId": "vpc-2"}});
        },
    },
    Look {
        what: "By(AttachedVpc)",
        prepare: |s| {
            let attachments = s.transit_attachments.clone();
            without_tables(s);
            s.transit_attachments = attachments;
            s.transit_attachments.retain(|_, a| a.vpc_id != "vpc-1");
        },
        edit: |s| {
            put!(s.transit_attachments, "att-new", {"TransitGatewayAttachmentId": "att-new",
                "TransitGatewayId": "tgw-1", "ResourceType": "vpc", "VpcId": "vpc-1",
                "State": "available", "Association":
 {"TransitGatewayRouteTableId": "tgw-rtb-1", "State": "associated"}});
        },
    },
    Look {
        what: "By(PrivateVpc)",
        prepare: without_tables,
        edit: |s| {
            put!(s.vpn_gateways, "vgw-new", {"VpnGatewayId": "vgw-new", "State": "available",
                "VpcAttachments": [{"VpcId": "vpc-1", "State": "attached"}]});
        },
    },
    Look {
        what: "By(Gateway) of routes that are not described",
        prepare: |s| {
            lax(s);
            for table in s.transit_route_tables.values_mut() {
                table.routes = None;
            }
            for list in ["TransitGatewayStaticRoutes", "TransitGatewayRoutes"] {
                s.described.remove(list);
            }
            s.transit_attachments.retain(|_, a| a.vpc_id == "vpc-1");
        },
        edit: |s| {
            put!(s.transit_attachments, "att-new", {"TransitGatewayAttachmentId": "att-new",
                "TransitGatewayId": "tgw-1", "ResourceType": "vpn", "State": "available",
                "Association": {"TransitGatewayRouteTableId": "tgw-rtb-1", "State": "associated"}});
        },
    },
    Look {
        what: "By(Gateway) of groups that are referred to",
        prepare: |s| {
            referring(s);
            for attachment in s.transit_attachments.values_mut() {
                if attachment.vpc_id == "vpc-2" {
                    let support = &mut attachment.options.security_group_referencing_support;
                    *support = "disable".to_owned();
                }
            }
        },
        edit: |s| {
            put!(s.transit_attachments, "att-new", {"TransitGatewayAttachmentId": "att-new",
                "TransitGatewayId": "tgw-1", "ResourceType": "vpc", "VpcId": "vpc-2",
                "State": "available"});
        },
    },
    Look {
        what: "Object(TransitGateways)",
        prepare: referring,
        edit: |s| {
            for gateway in s.transit_gateways.values_mut() {
                gateway.options.security_group_referencing_support = "disable".to_owned();
            }
        },
    },
    Look {
        what: "By(ListenerPlace)",
        prepare: |s| {
            unheard(s);
            listener(s, "listener-west", ELSEWHERE);
        },
        edit: |s| listener(s, "listener-west", &format!("{ARN}/net/other/3")),
    },
    Look {
        what: "Keys(Listeners)",
        prepare: unheard,
        edit: |s| listener(s, "listener-west", ELSEWHERE),
    },
    Look {
        what: "By(TargetGroupOf)",
        prepare: ruleless,
        edit: |s| {
            put!(s.target_groups, "tg-new", {"TargetGroupArn": "tg-new", "Port": 81,
                "Protocol": "TCP", "TargetType": "ip", "VpcId": "vpc-1",
                "LoadBalancerArns": [format!("{ARN}/net/lb/2")]});
        },
    },
    Look {
        what: "All(LoadBalancers)",
        prepare: |s| {
            balanced(s, "10.1.1.4");
            accelerated(s, "i-0");
            s.endpoint_groups.clear();
            s.described.remove("EndpointGroups");
            s.load_balancers.clear();
        },
        edit: |s| {
            let arn = format!("{ARN}/net/lb/2");
            put!(s.load_balancers, arn, {"LoadBalancerArn": arn, "Type": "network",
                "VpcId": "vpc-1", "State": {"Code": "active"}});
        },
    },
    Look {
        what: "All(Interfaces)",
        prepare: |s| accelerated(s, &format!("{ARN}/net/gone/9")),
        edit: |s| {
            let new = another(s, "eni-new", "10.1.1.78");
            s.interfaces.insert("eni-new".to_owned(), new);
        },
    },
    Look {
        what: "By(AssociatedWith)",
        prepare: direct,
        edit: |s| association(s, "associated"),
    },
    Look {
        what: "By(InterfaceTo)",
        prepare: direct,
        edit: |s| virtual_interface(s, "available"),
    },
    Look {
        what: "Object(DirectConnectAssociations)",
        prepare: |s| {
            direct(s);
            association(s, "disassociated");
        },
        edit: |s| association(s, "associated"),
    },
    Look {
        what: "Object(VirtualInterfaces)",
        prepare: |s| {
            direct(s);
            virtual_interface(s, "down");
        },
        edit: |s| virtual_interface(s, "available"),
    },
    Look {
        what: "Object(Firewalls)",
        prepare: lax,
        edit: |s| {
            for firewall in s.firewalls.values_mut() {
                firewall.firewall_policy_arn.push('x');
            }
        },
    },
    Look {
        what: "Object(Exclusions)",
        prepare: lax,
        edit: |s| {
            for exclusion in s.block_public_access_exclusions.values_mut() {
                exclusion.state = "delete-complete".to_owned();
            }
        },
    },
];

#[test]
fn what_was_looked_for_in_vain_is_found_when_it_comes() {
    let estates: Vec<Snapshot> = (0..4 * KINDS.len())
        .map(|seed| snapshot(&open(u64::try_from(seed).expect("a few"))))
        .collect();
    let mut unfelt = Vec::new();
    for look in LOOKS {
        let mut felt = 0;
        for (seed, estate) in estates.iter().enumerate() {
            let mut was = estate.clone();
            (look.prepare)(&mut was);
            let mut now = was.clone();
            (look.edit)(&mut now);
            let (before, after) = (fresh(&was), fresh(&now));
            felt += usize::from(before != after);
            let mut live = Live::new(Arc::new(was.clone()), Options::default());
            let done = live.apply_all(was.changes(now.clone()));
            assert_eq!(live.findings(), after, "{} seed {seed}", look.what);
            let told = (done.opened.len(), done.closed.len());
            let expected = (without(&after, &before), without(&before, &after));
            assert_eq!(told, expected, "{} seed {seed}", look.what);
            live.apply_all(now.changes(was));
            assert_eq!(live.findings(), before, "undo {} seed {seed}", look.what);
        }
        if felt == 0 {
            unfelt.push(look.what);
        }
    }
    assert!(unfelt.is_empty(), "without effect: {unfelt:?}");
}
