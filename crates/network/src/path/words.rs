//! What the codes of closed paths mean, in one sentence each.

/// The meaning of an explanation code.
pub fn meaning(code: &str) -> &'static str {
    match code {
        "BAD_STATE" => "it is not in a state in which it carries packets",
        "BAD_STATE_ROUTE" => "the route that wins leads nowhere: a blackhole",
        "CANNOT_ROUTE" => "it does not send these packets on",
        "ENI_SOURCE_DEST_CHECK_RESTRICTION" => {
            "the interface checks that packets are its own, and drops those for others"
        }
        "FIREWALL_RULES_RESTRICTION" => "the rules of the network firewall stop these packets",
        "INGRESS_RTB_NO_PUBLIC_IP" => {
            "the appliance to which the gateway's table leads has no public address"
        }
        "ENI_SG_RULES_MISMATCH" => {
            "no rule of the interface's security groups lets these packets pass"
        }
        "GATEWAY_REJECTS_SPOOFED_TRAFFIC" => {
            "the gateway takes no packets from addresses that cannot be beyond it"
        }
        "IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS" => {
            "an internet gateway sends nothing to private addresses or into its own VPC"
        }
        "IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS" => {
            "no public address is associated with the interface's private one"
        }
        "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS" => "the sender's private address has no public one",
        "IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS" => {
            "these senders are not on the internet, or the gateway is not attached"
        }
        "NGW_DEST_ADDRESS_PRESERVATION" => "a NAT gateway takes in no flow that others begin",
        "NGW_REQUIRES_SOURCE_IN_VPC" => "a NAT gateway serves its own VPC only",
        "NGW_SOURCE_ADDRESS_REASSIGN" => "the NAT gateway has no address of this family",
        "NO_POSSIBLE_DESTINATION" => "the way ends here, and this is not where packets are wanted",
        "NO_ROUTE_TO_DESTINATION" => "no route leads there",
        "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR" => {
            "a peering connection carries packets between the two VPCs' own addresses only"
        }
        "PROTOCOL_RESTRICTION" => "NAT gateways carry TCP, UDP and ICMP only",
        "RESPONSE_RTB_HAS_NO_ROUTE_TO_TRANSIT_GATEWAY" => "no route leads the answer back",
        "BAD_STATE_ATTACHMENT" => "the transit gateway's attachment is not available",
        "ELBV2_LISTENERS_MISMATCH" | "ELB_LISTENERS_MISMATCH" => {
            "no listener of the load balancer is for this port"
        }
        "ELBV2_LISTENER_HAS_NO_TG" => "the listener forwards to no target group",
        "ELBV2_LISTENER_PORT_RESTRICTION" | "ELB_LISTENER_PORT_RESTRICTION" => {
            "the listener is for another port"
        }
        "ELBV2_LISTENER_REQUIRES_TG_ACCEPT" => {
            "the listener's rules send nothing from these senders to the target group"
        }
        "ELBV2_NO_TARGETS_IN_AZ" => {
            "the load balancer sends to targets in its node's zone only, and this is in another"
        }
        "SG_HAS_NO_RULES" => "the security groups have no rules in this direction",
        "SUBNET_ACL_RESTRICTION" => "the subnet's network ACL stops these packets",
        "TGW_ATTACH_VPC_AZ_RESTRICTION" => {
            "the transit gateway's attachment has no subnet in the sender's zone"
        }
        "TGW_ROUTE_AZ_RESTRICTION" => {
            "the transit gateway's attachment has no subnet in the receiver's zone, so no answer leaves"
        }
        "UNKNOWN_DESTINATION" => "nobody has the address",
        "VPC_BLOCK_PUBLIC_ACCESS_ENABLED" => "VPC Block Public Access stops it",
        _ => "it stops these packets",
    }
}
