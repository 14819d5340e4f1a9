//! Load balancers, Network Firewall, Global Accelerator, `CloudFront` and endpoint services.
#![expect(clippy::struct_field_names, reason = "the names are those of the API")]

use std::collections::BTreeMap;

use super::{Id, documents, ec2::Code};

documents! {
    /// An application, network or gateway load balancer (`elbv2:DescribeLoadBalancers`).
    LoadBalancer {
        load_balancer_arn: Id,
        load_balancer_name: String,
        #[serde(rename = "Type")]
        kind: String,
        scheme: String,
        state: Code,
        vpc_id: Id,
        availability_zones: Vec<ZoneSubnet>,
        security_groups: Vec<Id>,
        enforce_security_group_inbound_rules_on_private_link_traffic: String,
    }

    /// An enabled zone of a load balancer.
    ZoneSubnet {
        zone_name: String,
        subnet_id: Id,
    }

    /// A classic load balancer (`elb:DescribeLoadBalancers`).
    ClassicLoadBalancer {
        load_balancer_name: Id,
        scheme: String,
        #[serde(rename = "VPCId")]
        vpc_id: Id,
        subnets: Vec<Id>,
        security_groups: Vec<Id>,
        instances: Vec<ClassicInstance>,
        listener_descriptions: Vec<ClassicListenerDescription>,
    }

    /// A registered instance.
    ClassicInstance {
        instance_id: Id,
    }

    /// A listener of a classic load balancer with its policies.
    ClassicListenerDescription {
        listener: ClassicListener,
    }

    /// From which port to which.
    ClassicListener {
        load_balancer_port: u16,
        instance_port: u16,
    }

    /// A listener (`DescribeListeners`).
    Listener {
        listener_arn: Id,
        load_balancer_arn: Id,
        port: u16,
        protocol: String,
        default_actions: Vec<Action>,
    }

    /// What a listener or a rule does.
    Action {
        #[serde(rename = "Type")]
        kind: String,
        target_group_arn: Id,
        forward_config: ForwardConfig,
    }

    /// Weighted target groups.
    ForwardConfig {
        target_groups: Vec<TargetGroupTuple>,
    }

    /// A target group and its weight.
    TargetGroupTuple {
        target_group_arn: Id,
        weight: Option<u32>,
    }

    /// A rule of a listener (`DescribeRules`).
    ListenerRule {
        rule_arn: Id,
        listener_arn: Id,
        priority: String,
        is_default: bool,
        conditions: Vec<Condition>,
        actions: Vec<Action>,
    }

    /// A condition of a rule.
    Condition {
        field: String,
        values: Vec<String>,
        source_ip_config: SourceIpConfig,
    }

    /// Addresses of a source-ip condition.
    SourceIpConfig {
        values: Vec<String>,
    }

    /// A target group (`DescribeTargetGroups`).
    TargetGroup {
        target_group_arn: Id,
        target_group_name: String,
        port: Option<u16>,
        protocol: String,
        target_type: String,
        vpc_id: Id,
        ip_address_type: String,
        load_balancer_arns: Vec<Id>,
    }

    /// A registered target (`DescribeTargetHealth`).
    TargetHealthDescription {
        target: Target,
        target_health: TargetHealth,
    }

    /// An instance, address or load balancer and a port.
    Target {
        id: Id,
        port: Option<u16>,
        availability_zone: String,
    }

    /// Whether a target takes part.
    TargetHealth {
        state: String,
        reason: String,
    }

    /// An endpoint service (`DescribeVpcEndpointServiceConfigurations`).
    EndpointServiceConfiguration {
        service_id: Id,
        service_name: String,
        service_state: String,
        network_load_balancer_arns: Vec<Id>,
        gateway_load_balancer_arns: Vec<Id>,
    }

    /// A network firewall (`DescribeFirewall`), with the endpoints of its status.
    Firewall {
        firewall_arn: Id,
        firewall_name: String,
        vpc_id: Id,
        firewall_policy_arn: Id,
        /// Endpoint identifiers (`vpce-…`) by availability zone, filled from `FirewallStatus`.
        endpoints: BTreeMap<String, Id>,
        /// Subnets by endpoint identifier, filled from `FirewallStatus`.
        endpoint_subnets: BTreeMap<Id, Id>,
    }

    /// A firewall policy (`DescribeFirewallPolicy`).
    FirewallPolicy {
        firewall_policy_arn: Id,
        stateless_default_actions: Vec<String>,
        stateless_rule_group_references: Vec<RuleGroupReference>,
        stateful_rule_group_references: Vec<RuleGroupReference>,
        stateful_default_actions: Vec<String>,
        stateful_engine_options: StatefulEngineOptions,
        policy_variables: PolicyVariables,
    }

    /// The envelope of `DescribeFirewallPolicy`.
    FirewallPolicyResponse {
        firewall_policy_arn: Id,
    }

    /// A rule group in a policy.
    RuleGroupReference {
        resource_arn: Id,
        priority: Option<u32>,
        #[serde(rename = "Override")]
        changed: RuleGroupOverride,
    }

    /// What a policy changes in a managed rule group: `DROP_TO_ALERT`.
    RuleGroupOverride {
        action: String,
    }

    /// How stateful rules are ordered.
    StatefulEngineOptions {
        rule_order: String,
    }

    /// Variables that override `HOME_NET`.
    PolicyVariables {
        rule_variables: BTreeMap<String, IpSet>,
    }

    /// Addresses of a variable.
    IpSet {
        definition: Vec<String>,
    }

    /// A rule group (`DescribeRuleGroup`).
    RuleGroup {
        rule_group_arn: Id,
        rules_source: RulesSource,
        rule_variables: RuleVariables,
        reference_sets: ReferenceSets,
        stateful_rule_options: StatefulEngineOptions,
    }

    /// Prefix lists that rules name as `@…`.
    ReferenceSets {
        #[serde(rename = "IPSetReferences")]
        ip_set_references: BTreeMap<String, SetReference>,
    }

    /// A prefix list by its ARN.
    SetReference {
        reference_arn: Id,
    }

    /// Variables of a rule group.
    RuleVariables {
        #[serde(rename = "IPSets")]
        ip_sets: BTreeMap<String, IpSet>,
        port_sets: BTreeMap<String, IpSet>,
    }

    /// Where the rules of a group come from; exactly one is given.
    RulesSource {
        rules_string: String,
        rules_source_list: Option<serde_json::Value>,
        stateful_rules: Vec<StatefulRule>,
        stateless_rules_and_custom_actions: Option<StatelessRulesAndActions>,
    }

    /// A 5-tuple rule with an action.
    StatefulRule {
        action: String,
        header: StatefulRuleHeader,
        rule_options: Vec<RuleOption>,
    }

    /// A Suricata option.
    RuleOption {
        keyword: String,
        settings: Vec<String>,
    }

    /// The 5-tuple of a stateful rule.
    StatefulRuleHeader {
        protocol: String,
        source: String,
        source_port: String,
        direction: String,
        destination: String,
        destination_port: String,
    }

    /// Stateless rules.
    StatelessRulesAndActions {
        stateless_rules: Vec<StatelessRule>,
    }

    /// A stateless rule.
    StatelessRule {
        priority: u32,
        rule_definition: RuleDefinition,
    }

    /// What a stateless rule matches and does.
    RuleDefinition {
        actions: Vec<String>,
        match_attributes: MatchAttributes,
    }

    /// The 5-tuple of a stateless rule; empty lists match everything.
    MatchAttributes {
        sources: Vec<AddressDefinition>,
        destinations: Vec<AddressDefinition>,
        source_ports: Vec<PortPair>,
        destination_ports: Vec<PortPair>,
        protocols: Vec<u8>,
        #[serde(rename = "TCPFlags")]
        tcp_flags: Vec<serde_json::Value>,
    }

    /// A block of addresses.
    AddressDefinition {
        address_definition: String,
    }

    /// Ports from one to the other, both included.
    PortPair {
        from_port: u16,
        to_port: u16,
    }

    /// A standard accelerator (`globalaccelerator:ListAccelerators`).
    Accelerator {
        accelerator_arn: Id,
        name: String,
        enabled: Option<bool>,
        status: String,
        dns_name: String,
        dual_stack_dns_name: String,
        ip_sets: Vec<AcceleratorIpSet>,
    }

    /// Static addresses of an accelerator, of one family.
    AcceleratorIpSet {
        ip_addresses: Vec<String>,
    }

    /// A listener of an accelerator (`globalaccelerator:ListListeners`).
    AcceleratorListener {
        listener_arn: Id,
        port_ranges: Vec<PortPair>,
        protocol: String,
    }

    /// A region's endpoints (`ListEndpointGroups`).
    AcceleratorEndpointGroup {
        endpoint_group_arn: Id,
        endpoint_group_region: String,
        traffic_dial_percentage: Option<f64>,
        endpoint_descriptions: Vec<AcceleratorEndpoint>,
        port_overrides: Vec<PortOverride>,
    }

    /// An instance, elastic address or load balancer behind an accelerator.
    AcceleratorEndpoint {
        endpoint_id: Id,
        weight: Option<u32>,
        client_ip_preservation_enabled: Option<bool>,
    }

    /// A listener port that arrives on another.
    PortOverride {
        listener_port: u16,
        endpoint_port: u16,
    }

    /// A `CloudFront` distribution.
    Distribution {
        id: Id,
        enabled: Option<bool>,
        status: String,
        origins: Origins,
    }

    /// Origins of a distribution.
    Origins {
        items: Vec<DistributionOrigin>,
    }

    /// An origin.
    DistributionOrigin {
        id: String,
        vpc_origin_config: VpcOriginConfig,
    }

    /// A VPC origin of a distribution.
    VpcOriginConfig {
        vpc_origin_id: Id,
    }

    /// A VPC origin (`cloudfront:ListVpcOrigins`, `GetVpcOrigin`).
    VpcOrigin {
        id: Id,
        status: String,
        origin_endpoint_arn: Id,
        vpc_origin_endpoint_config: VpcOriginEndpointConfig,
    }

    /// What a VPC origin leads to.
    VpcOriginEndpointConfig {
        arn: Id,
        #[serde(rename = "HTTPPort")]
        http_port: Option<u16>,
        #[serde(rename = "HTTPSPort")]
        https_port: Option<u16>,
        origin_protocol_policy: String,
    }
}
