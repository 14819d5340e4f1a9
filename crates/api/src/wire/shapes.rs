//! Constraints of every input shape, generated from the service model by `cargo xtask wire`.

use crate::shape::{Member, Pattern, Place, Shape, optional, required};

static P0: Pattern = Pattern::new(
    "(?!aws:)[a-zA-Z+-=._:/]+",
    "^(?:[a-zA-Z+-=._:/]+)$",
    Some("aws:"),
);
static P1: Pattern = Pattern::new(
    "(?:(?:/(?:\\.[-\\w]+|[-\\w]+(?:[. ][-\\w]+)*))+/?|[A-Za-z]:\\\\(?:[-\\w]+(?:[. ][-\\w]+)*\\\\)*[-\\w]+(?:[. ][-\\w]+)*)",
    "^(?:(?:(?:/(?:\\.[-A-Za-z0-9_]+|[-A-Za-z0-9_]+(?:[. ][-A-Za-z0-9_]+)*))+/?|[A-Za-z]:\\\\(?:[-A-Za-z0-9_]+(?:[. ][-A-Za-z0-9_]+)*\\\\)*[-A-Za-z0-9_]+(?:[. ][-A-Za-z0-9_]+)*))$",
    None,
);
static P2: Pattern = Pattern::new("(ALL|[a-z][a-z0-9-]*)", "^(?:(ALL|[a-z][a-z0-9-]*))$", None);
static P3: Pattern = Pattern::new(
    "([0-1]?[0-9]|2[0-3]):[0-5][0-9]",
    "^(?:([0-1]?[0-9]|2[0-3]):[0-5][0-9])$",
    None,
);
static P4: Pattern = Pattern::new(
    "([a-z][a-z0-9-]{4,28}[a-z0-9]|[0-9]{6,30})",
    "^(?:([a-z][a-z0-9-]{4,28}[a-z0-9]|[0-9]{6,30}))$",
    None,
);
static P6: Pattern = Pattern::new(".*[0-9]{12}.*", "^(?:.*[0-9]{12}.*)$", None);
static P7: Pattern = Pattern::new(
    ".*\\b[a-f0-9]{8}\\b-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-\\b[a-f0-9]{12}\\b.*",
    "^(?:.*(?-u:\\b)[a-f0-9]{8}(?-u:\\b)-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-(?-u:\\b)[a-f0-9]{12}(?-u:\\b).*)$",
    None,
);
static P8: Pattern = Pattern::new(
    "CVE-[12][0-9]{3}-[0-9]{1,10}",
    "^(?:CVE-[12][0-9]{3}-[0-9]{1,10})$",
    None,
);
static P9: Pattern = Pattern::new(
    "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    "^(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$",
    None,
);
static P10: Pattern = Pattern::new("[A-Za-z0-9_-]+", "^(?:[A-Za-z0-9_-]+)$", None);
static P11: Pattern = Pattern::new("[\\S]+", "^(?:[\\S]+)$", None);
static P12: Pattern = Pattern::new("[\\p{L}\\p{N}_-]+", "^(?:[\\p{L}\\p{N}_-]+)$", None);
static P13: Pattern = Pattern::new(
    "[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*",
    "^(?:[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$",
    None,
);
static P14: Pattern = Pattern::new(
    "[\\p{L}\\p{Z}\\p{N}_.:/=\\-@]*",
    "^(?:[\\p{L}\\p{Z}\\p{N}_.:/=\\-@]*)$",
    None,
);
static P15: Pattern = Pattern::new("[\\s\\S]*", "^(?:[\\s\\S]*)$", None);
static P16: Pattern = Pattern::new("[^\\p{C}]*", "^(?:[^\\p{C}]*)$", None);
static P17: Pattern = Pattern::new(
    "[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}",
    "^(?:[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12})$",
    None,
);
static P18: Pattern = Pattern::new("[a-z0-9]+", "^(?:[a-z0-9]+)$", None);
static P19: Pattern = Pattern::new("[a-zA-Z0-9-]+", "^(?:[a-zA-Z0-9-]+)$", None);
static P20: Pattern = Pattern::new("[a-zA-Z0-9-_$:.]*", "^(?:[a-zA-Z0-9-_$:.]*)$", None);
static P21: Pattern = Pattern::new("[a-zA-Z0-9._~+/-]+", "^(?:[a-zA-Z0-9._~+/-]+)$", None);
static P22: Pattern = Pattern::new("\\d{12}", "^(?:[0-9]{12})$", None);
static P23: Pattern = Pattern::new(
    "\\d{12}|ALL_ACCOUNTS|SELF",
    "^(?:[0-9]{12}|ALL_ACCOUNTS|SELF)$",
    None,
);
static P24: Pattern = Pattern::new(
    "arn:([^:]+):config:([^:]+):([^:]+):connector/([^/]+)/([^/]+)/([^/:\\s]+)",
    "^(?:arn:([^:]+):config:([^:]+):([^:]+):connector/([^/]+)/([^/]+)/([^/:\\s]+))$",
    None,
);
static P25: Pattern = Pattern::new(
    "arn:(aws[a-zA-Z-]*)?:inspector2:[a-z]{2}(-gov)?-[a-z]+-\\d{1}:\\d{12}:codesecurity-integration/[a-f0-9-]{36}",
    "^(?:arn:(aws[a-zA-Z-]*)?:inspector2:[a-z]{2}(-gov)?-[a-z]+-[0-9]{1}:[0-9]{12}:codesecurity-integration/[a-f0-9-]{36})$",
    None,
);
static P26: Pattern = Pattern::new(
    "arn:(aws[a-zA-Z-]*)?:inspector2:[a-z]{2}(-gov)?-[a-z]+-\\d{1}:\\d{12}:finding/[a-f0-9]{32}",
    "^(?:arn:(aws[a-zA-Z-]*)?:inspector2:[a-z]{2}(-gov)?-[a-z]+-[0-9]{1}:[0-9]{12}:finding/[a-f0-9]{32})$",
    None,
);
static P27: Pattern = Pattern::new(
    "arn:(aws[a-zA-Z-]*)?:inspector2:[a-z]{2}(-gov)?-[a-z]+-\\d{1}:\\d{12}:owner/(\\d{12}|o-[a-z0-9]{10,32})/codesecurity-configuration/[a-f0-9-]{36}",
    "^(?:arn:(aws[a-zA-Z-]*)?:inspector2:[a-z]{2}(-gov)?-[a-z]+-[0-9]{1}:[0-9]{12}:owner/([0-9]{12}|o-[a-z0-9]{10,32})/codesecurity-configuration/[a-f0-9-]{36})$",
    None,
);
static P28: Pattern = Pattern::new(
    "arn:.*:ecr:.*:\\d{12}:repository\\/[a-zA-Z0-9._\\/-]+(\\/sha256:[a-z0-9]{64})?",
    "^(?:arn:.*:ecr:.*:[0-9]{12}:repository\\/[a-zA-Z0-9._\\/-]+(\\/sha256:[a-z0-9]{64})?)$",
    None,
);
static P29: Pattern = Pattern::new(
    "arn:aws(-(us-gov|cn))?:kms:([a-z0-9][-.a-z0-9]{0,62})?:[0-9]{12}?:key/(([0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12})|(mrk-[0-9a-zA-Z]{32}))",
    "^(?:arn:aws(-(us-gov|cn))?:kms:([a-z0-9][-.a-z0-9]{0,62})?:[0-9]{12}?:key/(([0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12})|(mrk-[0-9a-zA-Z]{32})))$",
    None,
);
static P30: Pattern = Pattern::new(
    "arn:aws(-[\\w]+)*:(codestar-connections|codeconnections):.+:[0-9]{12}:host\\/.+",
    "^(?:arn:aws(-[A-Za-z0-9_]+)*:(codestar-connections|codeconnections):.+:[0-9]{12}:host\\/.+)$",
    None,
);
static P31: Pattern = Pattern::new(
    "arn:aws(-[a-z]+)*:inspector2:[a-z0-9-]+:[0-9]{12}:connector/([a-f0-9-]+|aws-service-connector/.+/[a-f0-9-]+)",
    "^(?:arn:aws(-[a-z]+)*:inspector2:[a-z0-9-]+:[0-9]{12}:connector/([a-f0-9-]+|aws-service-connector/.+/[a-f0-9-]+))$",
    None,
);
static P32: Pattern = Pattern::new(
    "arn:aws(-us-gov|-cn)?:inspector2:[-.a-z0-9]{0,20}:\\d{12}:owner/(\\d{12}|o-[a-z0-9]{10,32})/cis-scan/[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}",
    "^(?:arn:aws(-us-gov|-cn)?:inspector2:[-.a-z0-9]{0,20}:[0-9]{12}:owner/([0-9]{12}|o-[a-z0-9]{10,32})/cis-scan/[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12})$",
    None,
);
static P33: Pattern = Pattern::new(
    "arn:aws(-us-gov|-cn)?:inspector2:[a-z]{2}(-gov)?-[a-z]+-[0-9]{1}:[0-9]{12}:owner/(o-[a-z0-9]+|[0-9]{12})/cis-configuration/[0-9a-fA-F-]+",
    "^(?:arn:aws(-us-gov|-cn)?:inspector2:[a-z]{2}(-gov)?-[a-z]+-[0-9]{1}:[0-9]{12}:owner/(o-[a-z0-9]+|[0-9]{12})/cis-configuration/[0-9a-fA-F-]+)$",
    None,
);
static P34: Pattern = Pattern::new(
    "https://[-a-zA-Z0-9()@:%_+.~#?&//=]{1,1024}",
    "^(?:https://[-a-zA-Z0-9()@:%_+.~#?&//=]{1,1024})$",
    None,
);
static P35: Pattern = Pattern::new(
    "project-[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}",
    "^(?:project-[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12})$",
    None,
);
static P36: Pattern = Pattern::new(
    "sg-([a-z0-9]{8}|[a-z0-9]{17}|\\*)",
    "^(?:sg-([a-z0-9]{8}|[a-z0-9]{17}|\\*))$",
    None,
);
static P37: Pattern = Pattern::new(
    "subnet-([a-z0-9]{8}|[a-z0-9]{17}|\\*)",
    "^(?:subnet-([a-z0-9]{8}|[a-z0-9]{17}|\\*))$",
    None,
);
static P38: Pattern = Pattern::new(
    "vpc-([a-z0-9]{8}|[a-z0-9]{17}|\\*)",
    "^(?:vpc-([a-z0-9]{8}|[a-z0-9]{17}|\\*))$",
    None,
);
static P39: Pattern = Pattern::new(
    "vpce-[0-9a-f]{8}([0-9a-f]{9})?",
    "^(?:vpce-[0-9a-f]{8}([0-9a-f]{9})?)$",
    None,
);

/// Each shape's name and constraints.
pub(crate) static SHAPES: &[(&str, Shape)] = &[
    (
        "AccountAggregation",
        Shape::Structure(&[
            optional("findingType", 5),
            optional("resourceType", 7),
            optional("sortBy", 4),
            optional("sortOrder", 386),
        ]),
    ),
    ("AccountId", Shape::String(12, 12, Some(&P22))),
    ("AccountIdFilterList", Shape::List(96, 1, 10)),
    ("AccountIdSet", Shape::List(1, 0, 100)),
    ("AccountSortBy", Shape::Enum(&["CRITICAL", "HIGH", "ALL"])),
    (
        "AggregationFindingType",
        Shape::Enum(&[
            "NETWORK_REACHABILITY",
            "PACKAGE_VULNERABILITY",
            "CODE_VULNERABILITY",
        ]),
    ),
    (
        "AggregationRequest",
        Shape::Union(&[
            optional("accountAggregation", 0),
            optional("amiAggregation", 9),
            optional("awsEcrContainerAggregation", 29),
            optional("codeRepositoryAggregation", 107),
            optional("containerImageAggregation", 135),
            optional("ec2InstanceAggregation", 186),
            optional("findingTypeAggregation", 205),
            optional("imageLayerAggregation", 240),
            optional("lambdaFunctionAggregation", 248),
            optional("lambdaLayerAggregation", 250),
            optional("packageAggregation", 310),
            optional("repositoryAggregation", 338),
            optional("serverlessFunctionAggregation", 381),
            optional("titleAggregation", 420),
            optional("vmInstanceAggregation", 447),
        ]),
    ),
    (
        "AggregationResourceType",
        Shape::Enum(&[
            "AWS_EC2_INSTANCE",
            "AWS_ECR_CONTAINER_IMAGE",
            "AWS_LAMBDA_FUNCTION",
            "CODE_REPOSITORY",
            "Microsoft.Compute/virtualMachines",
            "Microsoft.ContainerRegistry/registry/containerImage",
            "Microsoft.Web/sites",
            "cloudfunctions.googleapis.com/Function",
            "compute.googleapis.com/Instance",
            "artifactregistry.googleapis.com/DockerImage",
        ]),
    ),
    (
        "AggregationType",
        Shape::Enum(&[
            "FINDING_TYPE",
            "PACKAGE",
            "TITLE",
            "REPOSITORY",
            "AMI",
            "AWS_EC2_INSTANCE",
            "AWS_ECR_CONTAINER",
            "IMAGE_LAYER",
            "ACCOUNT",
            "AWS_LAMBDA_FUNCTION",
            "LAMBDA_LAYER",
            "CODE_REPOSITORY",
            "VM_INSTANCE",
            "CONTAINER_IMAGE",
            "SERVERLESS_FUNCTION",
        ]),
    ),
    (
        "AmiAggregation",
        Shape::Structure(&[
            optional("amis", 398),
            optional("scanSources", 367),
            optional("sortBy", 14),
            optional("sortOrder", 386),
        ]),
    ),
    (
        "AmiConfiguration",
        Shape::Structure(&[
            optional("createdWithin", 11),
            optional("lastLaunchedWithin", 11),
            required("scanModeConfiguration", 13),
        ]),
    ),
    (
        "AmiScanDuration",
        Shape::Enum(&[
            "DAYS_180", "DAYS_90", "DAYS_60", "DAYS_30", "DAYS_14", "DAYS_7",
        ]),
    ),
    ("AmiScanMode", Shape::Enum(&["SCAN_ALL", "TARGET_SCANNING"])),
    (
        "AmiScanModeConfiguration",
        Shape::Structure(&[
            optional("excludeBackupDlmAmis", 48),
            optional("excludeCopiedAmis", 48),
            required("scanMode", 12),
            optional("tags", 16),
        ]),
    ),
    (
        "AmiSortBy",
        Shape::Enum(&["CRITICAL", "HIGH", "ALL", "AFFECTED_INSTANCES"]),
    ),
    (
        "AmiTagFilter",
        Shape::Structure(&[required("key", 17), optional("value", 18)]),
    ),
    ("AmiTagFilterList", Shape::List(15, 0, 1)),
    ("AmiTagKey", Shape::String(1, 128, None)),
    ("AmiTagValue", Shape::String(0, 256, None)),
    ("Arn", Shape::String(1, 1_011, None)),
    (
        "AssociateConfigurationRequest",
        Shape::Structure(&[
            required("resource", 112),
            required("scanConfigurationArn", 363),
        ]),
    ),
    ("AssociateConfigurationRequestList", Shape::List(20, 1, 25)),
    (
        "AssociateMemberRequest",
        Shape::Structure(&[required("accountId", 1)]),
    ),
    (
        "AutoEnable",
        Shape::Structure(&[
            optional("ami", 48),
            optional("codeRepository", 48),
            required("ec2", 48),
            required("ecr", 48),
            optional("lambda", 48),
            optional("lambdaCode", 48),
        ]),
    ),
    ("AwsConfigConnectorArn", Shape::String(1, 512, Some(&P24))),
    ("AwsConfigConnectorArnComparison", Shape::Enum(&["EQUALS"])),
    (
        "AwsConfigConnectorArnFilter",
        Shape::Structure(&[required("comparison", 25), required("value", 24)]),
    ),
    ("AwsConfigConnectorArnFilterList", Shape::List(26, 0, 1)),
    ("AwsConfigConnectorArnList", Shape::List(24, 1, 10)),
    (
        "AwsEcrContainerAggregation",
        Shape::Structure(&[
            optional("architectures", 398),
            optional("imageShas", 398),
            optional("imageTags", 398),
            optional("inUseCount", 305),
            optional("lastInUseAt", 167),
            optional("repositories", 398),
            optional("resourceIds", 398),
            optional("sortBy", 30),
            optional("sortOrder", 386),
        ]),
    ),
    (
        "AwsEcrContainerSortBy",
        Shape::Enum(&["CRITICAL", "HIGH", "ALL"]),
    ),
    (
        "AzureProviderDetailCreate",
        Shape::Structure(&[
            optional("autoInstallVMScanner", 48),
            required("awsConfigConnectorArn", 24),
            required("azureRegions", 34),
            required("scopeConfiguration", 35),
        ]),
    ),
    (
        "AzureProviderDetailUpdate",
        Shape::Structure(&[
            optional("autoInstallVMScanner", 48),
            optional("azureRegions", 34),
            optional("scopeConfiguration", 35),
        ]),
    ),
    ("AzureRegion", Shape::String(1, 64, Some(&P19))),
    ("AzureRegionList", Shape::List(33, 1, 100)),
    (
        "AzureScopeConfigurationInput",
        Shape::Structure(&[
            optional("containerImageScanning", 370),
            optional("serverlessScanning", 370),
            optional("vmScanning", 370),
        ]),
    ),
    (
        "BatchAssociateCodeSecurityScanConfigurationRequest",
        Shape::Structure(&[required("associateConfigurationRequests", 21)]),
    ),
    (
        "BatchDisassociateCodeSecurityScanConfigurationRequest",
        Shape::Structure(&[required("disassociateConfigurationRequests", 182)]),
    ),
    (
        "BatchGetAccountStatusRequest",
        Shape::Structure(&[optional("accountIds", 3)]),
    ),
    (
        "BatchGetCodeSnippetRequest",
        Shape::Structure(&[required("findingArns", 40)]),
    ),
    (
        "BatchGetCodeSnippetRequestFindingArnsList",
        Shape::List(203, 1, 10),
    ),
    (
        "BatchGetFindingDetailsRequest",
        Shape::Structure(&[required("findingArns", 204)]),
    ),
    (
        "BatchGetFreeTrialInfoRequest",
        Shape::Structure(&[required("accountIds", 43)]),
    ),
    (
        "BatchGetFreeTrialInfoRequestAccountIdsList",
        Shape::List(300, 1, 100),
    ),
    (
        "BatchGetMemberEc2DeepInspectionStatusRequest",
        Shape::Structure(&[optional("accountIds", 3)]),
    ),
    (
        "BatchUpdateMemberEc2DeepInspectionStatusRequest",
        Shape::Structure(&[required("accountIds", 299)]),
    ),
    ("BenchmarkProfile", Shape::String(0, 128, None)),
    ("BenchmarkVersion", Shape::String(0, 8, None)),
    ("Boolean", Shape::Boolean),
    (
        "CancelFindingsReportRequest",
        Shape::Structure(&[required("reportId", 336)]),
    ),
    (
        "CancelSbomExportRequest",
        Shape::Structure(&[required("reportId", 336)]),
    ),
    ("CheckCount", Shape::Integer(0, 65_536)),
    ("CheckIdFilterList", Shape::List(96, 1, 10)),
    (
        "CisDateFilter",
        Shape::Structure(&[
            optional("earliestScanStartTime", 418),
            optional("latestScanStartTime", 418),
        ]),
    ),
    ("CisFindingArnFilterList", Shape::List(96, 1, 10)),
    (
        "CisFindingStatus",
        Shape::Enum(&["PASSED", "FAILED", "SKIPPED"]),
    ),
    ("CisFindingStatusComparison", Shape::Enum(&["EQUALS"])),
    (
        "CisFindingStatusFilter",
        Shape::Structure(&[required("comparison", 56), required("value", 55)]),
    ),
    ("CisFindingStatusFilterList", Shape::List(57, 1, 10)),
    (
        "CisNumberFilter",
        Shape::Structure(&[
            optional("lowerInclusive", 244),
            optional("upperInclusive", 244),
        ]),
    ),
    ("CisNumberFilterList", Shape::List(59, 1, 10)),
    ("CisReportFormat", Shape::Enum(&["PDF", "CSV"])),
    (
        "CisResultStatus",
        Shape::Enum(&["PASSED", "FAILED", "SKIPPED"]),
    ),
    ("CisResultStatusComparison", Shape::Enum(&["EQUALS"])),
    (
        "CisResultStatusFilter",
        Shape::Structure(&[required("comparison", 63), required("value", 62)]),
    ),
    ("CisResultStatusFilterList", Shape::List(64, 1, 10)),
    ("CisRuleDetails", Shape::Blob(0, 1_000)),
    (
        "CisRuleStatus",
        Shape::Enum(&[
            "FAILED",
            "PASSED",
            "NOT_EVALUATED",
            "INFORMATIONAL",
            "UNKNOWN",
            "NOT_APPLICABLE",
            "ERROR",
        ]),
    ),
    ("CisScanArn", Shape::String(0, u32::MAX, Some(&P32))),
    ("CisScanArnFilterList", Shape::List(96, 1, 10)),
    (
        "CisScanConfigurationArn",
        Shape::String(0, u32::MAX, Some(&P33)),
    ),
    ("CisScanConfigurationArnFilterList", Shape::List(96, 1, 10)),
    (
        "CisScanConfigurationsSortBy",
        Shape::Enum(&["SCAN_NAME", "SCAN_CONFIGURATION_ARN"]),
    ),
    ("CisScanDateFilterList", Shape::List(53, 1, 1)),
    ("CisScanName", Shape::String(1, 128, None)),
    ("CisScanNameFilterList", Shape::List(96, 1, 10)),
    (
        "CisScanResultDetailsFilterCriteria",
        Shape::Structure(&[
            optional("checkIdFilters", 52),
            optional("findingArnFilters", 54),
            optional("findingStatusFilters", 58),
            optional("securityLevelFilters", 91),
            optional("titleFilters", 421),
        ]),
    ),
    (
        "CisScanResultDetailsSortBy",
        Shape::Enum(&["CHECK_ID", "STATUS"]),
    ),
    (
        "CisScanResultsAggregatedByChecksFilterCriteria",
        Shape::Structure(&[
            optional("accountIdFilters", 308),
            optional("checkIdFilters", 52),
            optional("failedResourcesFilters", 60),
            optional("platformFilters", 319),
            optional("securityLevelFilters", 91),
            optional("titleFilters", 421),
        ]),
    ),
    (
        "CisScanResultsAggregatedByChecksSortBy",
        Shape::Enum(&[
            "CHECK_ID",
            "TITLE",
            "PLATFORM",
            "FAILED_COUNTS",
            "SECURITY_LEVEL",
        ]),
    ),
    (
        "CisScanResultsAggregatedByTargetResourceFilterCriteria",
        Shape::Structure(&[
            optional("accountIdFilters", 2),
            optional("checkIdFilters", 52),
            optional("failedChecksFilters", 60),
            optional("platformFilters", 319),
            optional("statusFilters", 65),
            optional("targetResourceIdFilters", 343),
            optional("targetResourceTagFilters", 352),
            optional("targetStatusFilters", 414),
            optional("targetStatusReasonFilters", 415),
        ]),
    ),
    (
        "CisScanResultsAggregatedByTargetResourceSortBy",
        Shape::Enum(&[
            "RESOURCE_ID",
            "FAILED_COUNTS",
            "ACCOUNT_ID",
            "PLATFORM",
            "TARGET_STATUS",
            "TARGET_STATUS_REASON",
        ]),
    ),
    ("CisScanResultsMaxResults", Shape::Integer(1, 100)),
    (
        "CisScanStatus",
        Shape::Enum(&["FAILED", "COMPLETED", "CANCELLED", "IN_PROGRESS"]),
    ),
    ("CisScanStatusComparison", Shape::Enum(&["EQUALS"])),
    (
        "CisScanStatusFilter",
        Shape::Structure(&[required("comparison", 84), required("value", 83)]),
    ),
    ("CisScanStatusFilterList", Shape::List(85, 1, 10)),
    ("CisScheduledByFilterList", Shape::List(96, 1, 10)),
    ("CisSecurityLevel", Shape::Enum(&["LEVEL_1", "LEVEL_2"])),
    ("CisSecurityLevelComparison", Shape::Enum(&["EQUALS"])),
    (
        "CisSecurityLevelFilter",
        Shape::Structure(&[required("comparison", 89), required("value", 88)]),
    ),
    ("CisSecurityLevelFilterList", Shape::List(90, 1, 10)),
    (
        "CisSessionMessage",
        Shape::Structure(&[
            required("cisRuleDetails", 66),
            required("ruleId", 354),
            required("status", 67),
        ]),
    ),
    ("CisSessionMessages", Shape::List(92, 1, 150)),
    ("CisSortOrder", Shape::Enum(&["ASC", "DESC"])),
    (
        "CisStringComparison",
        Shape::Enum(&["EQUALS", "PREFIX", "NOT_EQUALS"]),
    ),
    (
        "CisStringFilter",
        Shape::Structure(&[required("comparison", 95), required("value", 395)]),
    ),
    ("CisTagMap", Shape::Map(296, 297, 0, u32::MAX)),
    (
        "CisTargetStatus",
        Shape::Enum(&["TIMED_OUT", "CANCELLED", "COMPLETED"]),
    ),
    ("CisTargetStatusComparison", Shape::Enum(&["EQUALS"])),
    (
        "CisTargetStatusFilter",
        Shape::Structure(&[required("comparison", 99), required("value", 98)]),
    ),
    (
        "CisTargetStatusReason",
        Shape::Enum(&["SCAN_IN_PROGRESS", "UNSUPPORTED_OS", "SSM_UNMANAGED"]),
    ),
    (
        "CisTargetStatusReasonFilter",
        Shape::Structure(&[required("comparison", 99), required("value", 101)]),
    ),
    ("ClientToken", Shape::String(1, 64, None)),
    (
        "ClusterForImageFilterCriteria",
        Shape::Structure(&[required("resourceId", 105)]),
    ),
    (
        "ClusterForImageFilterCriteriaResourceIdString",
        Shape::String(0, u32::MAX, Some(&P28)),
    ),
    (
        "CodeConnectionsHostArn",
        Shape::String(0, u32::MAX, Some(&P30)),
    ),
    (
        "CodeRepositoryAggregation",
        Shape::Structure(&[
            optional("projectNames", 398),
            optional("providerTypes", 398),
            optional("resourceIds", 398),
            optional("sortBy", 108),
            optional("sortOrder", 386),
        ]),
    ),
    (
        "CodeRepositorySortBy",
        Shape::Enum(&["CRITICAL", "HIGH", "ALL"]),
    ),
    ("CodeSecurityClientToken", Shape::String(1, 64, Some(&P11))),
    (
        "CodeSecurityIntegrationArn",
        Shape::String(0, u32::MAX, Some(&P25)),
    ),
    (
        "CodeSecurityIntegrationVpcConfiguration",
        Shape::Structure(&[
            optional("codeConnectionsHostArn", 106),
            optional("securityGroups", 378),
            optional("subnetIds", 401),
            optional("tlsCertificate", 423),
            required("vpcEndpointId", 449),
            required("vpcId", 450),
        ]),
    ),
    (
        "CodeSecurityResource",
        Shape::Union(&[optional("projectId", 325)]),
    ),
    (
        "CodeSecurityScanConfiguration",
        Shape::Structure(&[
            optional("continuousIntegrationScanConfiguration", 139),
            optional("periodicScanConfiguration", 316),
            required("ruleSetCategories", 355),
        ]),
    ),
    ("CodeSecurityUuid", Shape::String(0, u32::MAX, Some(&P17))),
    (
        "ComputePlatform",
        Shape::Structure(&[
            optional("product", 324),
            optional("vendor", 446),
            optional("version", 320),
        ]),
    ),
    (
        "ConfigurationLevel",
        Shape::Enum(&["ORGANIZATION", "ACCOUNT"]),
    ),
    ("ConnectorArn", Shape::String(1, 256, Some(&P31))),
    ("ConnectorArnComparison", Shape::Enum(&["EQUALS"])),
    (
        "ConnectorArnFilter",
        Shape::Structure(&[required("comparison", 118), required("value", 117)]),
    ),
    ("ConnectorArnFilterList", Shape::List(119, 0, 25)),
    ("ConnectorCloudProvider", Shape::Enum(&["AZURE", "GCP"])),
    (
        "ConnectorContainerImageScanConfiguration",
        Shape::Structure(&[optional("pullDuration", 136), optional("pushDuration", 137)]),
    ),
    ("ConnectorDescription", Shape::String(0, 200, Some(&P16))),
    (
        "ConnectorFilterCriteria",
        Shape::Structure(&[
            optional("accounts", 398),
            optional("awsConfigConnectorArns", 27),
            optional("connectorArns", 120),
            optional("connectorType", 134),
            optional("provider", 331),
        ]),
    ),
    ("ConnectorName", Shape::String(1, 50, Some(&P12))),
    ("ConnectorNextToken", Shape::String(1, 1_024, None)),
    (
        "ConnectorScanConfiguration",
        Shape::Structure(&[optional("containerImageScanning", 122)]),
    ),
    ("ConnectorTagKey", Shape::String(1, 128, Some(&P13))),
    ("ConnectorTagMap", Shape::Map(128, 130, 0, 50)),
    ("ConnectorTagValue", Shape::String(0, 256, None)),
    (
        "ConnectorType",
        Shape::Enum(&["CUSTOMER_MANAGED", "SERVICE_LINKED"]),
    ),
    ("ConnectorTypeComparison", Shape::Enum(&["EQUALS"])),
    (
        "ConnectorTypeFilter",
        Shape::Structure(&[required("comparison", 132), required("value", 131)]),
    ),
    ("ConnectorTypeFilterList", Shape::List(133, 0, 1)),
    (
        "ContainerImageAggregation",
        Shape::Structure(&[
            optional("architectures", 398),
            optional("cloudAccountIds", 398),
            optional("cloudOrgIds", 398),
            optional("cloudPartitions", 398),
            optional("cloudProviders", 398),
            optional("cloudRegions", 398),
            optional("imageDigests", 398),
            optional("imageTags", 398),
            optional("inUseCount", 305),
            optional("lastInUseAt", 167),
            optional("registries", 398),
            optional("repositories", 398),
            optional("resourceIds", 398),
            optional("sortBy", 138),
            optional("sortOrder", 386),
        ]),
    ),
    (
        "ContainerImagePullDateRescanDuration",
        Shape::Enum(&[
            "DAYS_3", "DAYS_7", "DAYS_14", "DAYS_30", "DAYS_60", "DAYS_90", "DAYS_180",
        ]),
    ),
    (
        "ContainerImageRescanDuration",
        Shape::Enum(&[
            "LIFETIME", "DAYS_3", "DAYS_7", "DAYS_30", "DAYS_180", "DAYS_14", "DAYS_60", "DAYS_90",
        ]),
    ),
    (
        "ContainerImageSortBy",
        Shape::Enum(&["CRITICAL", "HIGH", "ALL"]),
    ),
    (
        "ContinuousIntegrationScanConfiguration",
        Shape::Structure(&[required("supportedEvents", 141)]),
    ),
    (
        "ContinuousIntegrationScanEvent",
        Shape::Enum(&["PULL_REQUEST", "PUSH"]),
    ),
    (
        "ContinuousIntegrationScanSupportedEvents",
        Shape::List(140, 1, 2),
    ),
    (
        "CoverageDateFilter",
        Shape::Structure(&[
            optional("endInclusive", 168),
            optional("startInclusive", 168),
        ]),
    ),
    ("CoverageDateFilterList", Shape::List(142, 1, 10)),
    (
        "CoverageFilterCriteria",
        Shape::Structure(&[
            optional("accountId", 152),
            optional("cloudContainerImageTags", 152),
            optional("cloudContainerRegistryName", 152),
            optional("cloudContainerRepositoryName", 152),
            optional("cloudProvider", 152),
            optional("cloudProviderAccountId", 152),
            optional("cloudProviderOrgId", 152),
            optional("cloudProviderRegion", 152),
            optional("cloudServerlessFunctionName", 152),
            optional("cloudServerlessFunctionRuntime", 152),
            optional("cloudServerlessFunctionTags", 147),
            optional("cloudVmInstanceTags", 147),
            optional("codeRepositoryProjectName", 152),
            optional("codeRepositoryProviderType", 152),
            optional("codeRepositoryProviderTypeVisibility", 152),
            optional("ec2InstanceTags", 147),
            optional("ecrImageInUseCount", 149),
            optional("ecrImageLastInUseAt", 143),
            optional("ecrImageTags", 152),
            optional("ecrRepositoryName", 152),
            optional("imagePulledAt", 143),
            optional("lambdaFunctionName", 152),
            optional("lambdaFunctionRuntime", 152),
            optional("lambdaFunctionTags", 147),
            optional("lastScannedAt", 143),
            optional("lastScannedCommitId", 152),
            optional("machineImageTags", 147),
            optional("resourceId", 152),
            optional("resourceType", 152),
            optional("scanMode", 152),
            optional("scanStatusCode", 152),
            optional("scanStatusReason", 152),
            optional("scanType", 152),
        ]),
    ),
    ("CoverageMapComparison", Shape::Enum(&["EQUALS"])),
    (
        "CoverageMapFilter",
        Shape::Structure(&[
            required("comparison", 145),
            required("key", 303),
            optional("value", 303),
        ]),
    ),
    ("CoverageMapFilterList", Shape::List(146, 1, 10)),
    (
        "CoverageNumberFilter",
        Shape::Structure(&[
            optional("lowerInclusive", 292),
            optional("upperInclusive", 292),
        ]),
    ),
    ("CoverageNumberFilterList", Shape::List(148, 1, 10)),
    (
        "CoverageStringComparison",
        Shape::Enum(&["EQUALS", "NOT_EQUALS"]),
    ),
    (
        "CoverageStringFilter",
        Shape::Structure(&[required("comparison", 150), required("value", 153)]),
    ),
    ("CoverageStringFilterList", Shape::List(151, 1, 10)),
    ("CoverageStringInput", Shape::String(1, 1_024, None)),
    (
        "CreateCisScanConfigurationRequest",
        Shape::Structure(&[
            required("scanName", 74),
            required("schedule", 369),
            required("securityLevel", 88),
            optional("tags", 97),
            required("targets", 155),
        ]),
    ),
    (
        "CreateCisTargets",
        Shape::Structure(&[
            required("accountIds", 410),
            required("targetResourceTags", 411),
        ]),
    ),
    (
        "CreateCodeSecurityIntegrationRequest",
        Shape::Structure(&[
            optional("details", 163),
            required("name", 245),
            optional("tags", 406),
            required("type", 246),
        ]),
    ),
    (
        "CreateCodeSecurityScanConfigurationRequest",
        Shape::Structure(&[
            required("configuration", 113),
            required("level", 116),
            required("name", 364),
            optional("scopeSettings", 371),
            optional("tags", 406),
        ]),
    ),
    (
        "CreateConnectorRequest",
        Shape::Structure(&[
            optional("clientToken", 395),
            optional("description", 123),
            required("name", 125),
            required("provider", 121),
            required("providerDetail", 328),
            optional("tags", 129),
        ]),
    ),
    (
        "CreateFilterRequest",
        Shape::Structure(&[
            required("action", 196),
            optional("description", 200),
            required("filterCriteria", 199),
            required("name", 201),
            optional("reason", 202),
            optional("tags", 406),
        ]),
    ),
    (
        "CreateFindingsReportRequest",
        Shape::Structure(&[
            optional("filterCriteria", 199),
            required("reportFormat", 335),
            required("s3Destination", 177),
        ]),
    ),
    (
        "CreateGitHubEnterpriseIntegrationDetail",
        Shape::Structure(&[
            required("instanceUrl", 243),
            optional("vpcConfiguration", 111),
        ]),
    ),
    (
        "CreateGitLabSelfManagedIntegrationDetail",
        Shape::Structure(&[
            required("accessToken", 237),
            required("instanceUrl", 243),
            optional("vpcConfiguration", 111),
        ]),
    ),
    (
        "CreateIntegrationDetail",
        Shape::Union(&[
            optional("githubEnterprise", 161),
            optional("gitlabSelfManaged", 162),
        ]),
    ),
    (
        "CreateSbomExportRequest",
        Shape::Structure(&[
            required("reportFormat", 362),
            optional("resourceFilterCriteria", 341),
            required("s3Destination", 177),
        ]),
    ),
    (
        "DailySchedule",
        Shape::Structure(&[required("startTime", 416)]),
    ),
    (
        "DateFilter",
        Shape::Structure(&[
            optional("endInclusive", 418),
            optional("startInclusive", 418),
        ]),
    ),
    ("DateFilterList", Shape::List(166, 1, 10)),
    ("DateTimeTimestamp", Shape::Epoch),
    (
        "Day",
        Shape::Enum(&["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]),
    ),
    ("DaysList", Shape::List(169, 1, 7)),
    (
        "DeleteCisScanConfigurationRequest",
        Shape::Structure(&[required("scanConfigurationArn", 70)]),
    ),
    (
        "DeleteCodeSecurityIntegrationRequest",
        Shape::Structure(&[required("integrationArn", 110)]),
    ),
    (
        "DeleteCodeSecurityScanConfigurationRequest",
        Shape::Structure(&[required("scanConfigurationArn", 363)]),
    ),
    (
        "DeleteConnectorRequest",
        Shape::Structure(&[required("connectorArn", 117)]),
    ),
    (
        "DeleteFilterRequest",
        Shape::Structure(&[required("arn", 197)]),
    ),
    (
        "DescribeOrganizationConfigurationRequest",
        Shape::Structure(&[]),
    ),
    (
        "Destination",
        Shape::Structure(&[
            required("bucketName", 395),
            optional("expectedBucketOwner", 1),
            optional("keyPrefix", 395),
            required("kmsKeyArn", 395),
        ]),
    ),
    (
        "DisableDelegatedAdminAccountRequest",
        Shape::Structure(&[required("delegatedAdminAccountId", 1)]),
    ),
    (
        "DisableRequest",
        Shape::Structure(&[optional("accountIds", 3), optional("resourceTypes", 180)]),
    ),
    ("DisableResourceTypeList", Shape::List(347, 0, 6)),
    (
        "DisassociateConfigurationRequest",
        Shape::Structure(&[
            required("resource", 112),
            required("scanConfigurationArn", 363),
        ]),
    ),
    (
        "DisassociateConfigurationRequestList",
        Shape::List(181, 1, 25),
    ),
    (
        "DisassociateMemberRequest",
        Shape::Structure(&[required("accountId", 1)]),
    ),
    ("Double", Shape::Double(None, None)),
    (
        "Ec2Configuration",
        Shape::Structure(&[optional("activateVMScanner", 48), required("scanMode", 188)]),
    ),
    (
        "Ec2InstanceAggregation",
        Shape::Structure(&[
            optional("amis", 398),
            optional("instanceIds", 398),
            optional("instanceTags", 295),
            optional("operatingSystems", 398),
            optional("sortBy", 187),
            optional("sortOrder", 386),
        ]),
    ),
    (
        "Ec2InstanceSortBy",
        Shape::Enum(&["NETWORK_FINDINGS", "CRITICAL", "HIGH", "ALL"]),
    ),
    (
        "Ec2ScanMode",
        Shape::Enum(&["EC2_SSM_AGENT_BASED", "EC2_HYBRID"]),
    ),
    (
        "EcrConfiguration",
        Shape::Structure(&[
            optional("pullDateRescanDuration", 190),
            optional("pullDateRescanMode", 191),
            required("rescanDuration", 192),
        ]),
    ),
    (
        "EcrPullDateRescanDuration",
        Shape::Enum(&[
            "DAYS_14", "DAYS_30", "DAYS_60", "DAYS_90", "DAYS_180", "DAYS_3", "DAYS_7",
        ]),
    ),
    (
        "EcrPullDateRescanMode",
        Shape::Enum(&["LAST_PULL_DATE", "LAST_IN_USE_AT"]),
    ),
    (
        "EcrRescanDuration",
        Shape::Enum(&[
            "LIFETIME", "DAYS_30", "DAYS_180", "DAYS_14", "DAYS_60", "DAYS_90", "DAYS_3", "DAYS_7",
        ]),
    ),
    (
        "EnableDelegatedAdminAccountRequest",
        Shape::Structure(&[
            optional("clientToken", 103),
            required("delegatedAdminAccountId", 1),
        ]),
    ),
    (
        "EnableRequest",
        Shape::Structure(&[
            optional("accountIds", 3),
            optional("clientToken", 103),
            required("resourceTypes", 195),
        ]),
    ),
    ("EnableResourceTypeList", Shape::List(347, 1, 6)),
    ("FilterAction", Shape::Enum(&["NONE", "SUPPRESS"])),
    ("FilterArn", Shape::String(1, 128, None)),
    ("FilterArnList", Shape::List(197, 0, u32::MAX)),
    (
        "FilterCriteria",
        Shape::Structure(&[
            optional("awsAccountId", 398),
            optional("cloudImageArchitecture", 398),
            optional("cloudImageDigest", 398),
            optional("cloudImageInUseCount", 305),
            optional("cloudImageLastInUseAt", 167),
            optional("cloudImagePushedAt", 167),
            optional("cloudImageRegistry", 398),
            optional("cloudImageRepositoryName", 398),
            optional("cloudImageTags", 398),
            optional("cloudProvider", 398),
            optional("cloudProviderAccountId", 398),
            optional("cloudProviderOrgId", 398),
            optional("cloudProviderRegion", 398),
            optional("cloudServerlessFunctionExecutionRole", 398),
            optional("cloudServerlessFunctionLastModifiedAt", 167),
            optional("cloudServerlessFunctionName", 398),
            optional("cloudServerlessFunctionRuntime", 398),
            optional("cloudVmImageReference", 398),
            optional("cloudVmNetworkId", 398),
            optional("cloudVmSubnetIds", 398),
            optional("codeRepositoryProjectName", 398),
            optional("codeRepositoryProviderType", 398),
            optional("codeVulnerabilityDetectorName", 398),
            optional("codeVulnerabilityDetectorTags", 398),
            optional("codeVulnerabilityFilePath", 398),
            optional("componentId", 398),
            optional("componentType", 398),
            optional("ec2InstanceImageId", 398),
            optional("ec2InstanceSubnetId", 398),
            optional("ec2InstanceVpcId", 398),
            optional("ecrImageArchitecture", 398),
            optional("ecrImageHash", 398),
            optional("ecrImageInUseCount", 305),
            optional("ecrImageLastInUseAt", 167),
            optional("ecrImagePushedAt", 167),
            optional("ecrImageRegistry", 398),
            optional("ecrImageRepositoryName", 398),
            optional("ecrImageTags", 398),
            optional("epssScore", 305),
            optional("exploitAvailable", 398),
            optional("findingArn", 398),
            optional("findingStatus", 398),
            optional("findingType", 398),
            optional("firstObservedAt", 167),
            optional("fixAvailable", 398),
            optional("inspectorScore", 305),
            optional("lambdaFunctionExecutionRoleArn", 398),
            optional("lambdaFunctionLastModifiedAt", 167),
            optional("lambdaFunctionLayers", 398),
            optional("lambdaFunctionName", 398),
            optional("lambdaFunctionRuntime", 398),
            optional("lastObservedAt", 167),
            optional("machineImageId", 398),
            optional("machineImageName", 398),
            optional("machineImageOwnerAccountId", 398),
            optional("machineImagePlatform", 398),
            optional("networkProtocol", 398),
            optional("portRange", 323),
            optional("relatedVulnerabilities", 398),
            optional("resourceId", 398),
            optional("resourceTags", 295),
            optional("resourceType", 398),
            optional("severity", 398),
            optional("title", 398),
            optional("updatedAt", 167),
            optional("vendorSeverity", 398),
            optional("vulnerabilityId", 398),
            optional("vulnerabilitySource", 398),
            optional("vulnerablePackages", 312),
        ]),
    ),
    ("FilterDescription", Shape::String(1, 512, None)),
    ("FilterName", Shape::String(1, 128, None)),
    ("FilterReason", Shape::String(1, 512, None)),
    ("FindingArn", Shape::String(1, 100, Some(&P26))),
    ("FindingArnList", Shape::List(203, 1, 10)),
    (
        "FindingTypeAggregation",
        Shape::Structure(&[
            optional("findingType", 5),
            optional("resourceType", 7),
            optional("sortBy", 206),
            optional("sortOrder", 386),
        ]),
    ),
    (
        "FindingTypeSortBy",
        Shape::Enum(&["CRITICAL", "HIGH", "ALL"]),
    ),
    ("FrequencyExpression", Shape::String(1, 256, None)),
    (
        "GcpCapabilityScopeInput",
        Shape::Structure(&[required("scopeType", 372), optional("scopeValues", 215)]),
    ),
    (
        "GcpProviderDetailCreate",
        Shape::Structure(&[
            optional("autoInstallVMScanner", 48),
            required("awsConfigConnectorArn", 24),
            required("gcpRegions", 212),
            required("scopeConfiguration", 213),
        ]),
    ),
    (
        "GcpProviderDetailUpdate",
        Shape::Structure(&[
            optional("autoInstallVMScanner", 48),
            optional("gcpRegions", 212),
            optional("scopeConfiguration", 213),
        ]),
    ),
    ("GcpRegion", Shape::String(1, 64, Some(&P2))),
    ("GcpRegionList", Shape::List(211, 1, 256)),
    (
        "GcpScopeConfigurationInput",
        Shape::Structure(&[
            optional("containerImageScanning", 208),
            optional("serverlessScanning", 208),
            optional("vmScanning", 208),
        ]),
    ),
    ("GcpScopeValue", Shape::String(6, 30, Some(&P4))),
    ("GcpScopeValueList", Shape::List(214, 0, 100)),
    (
        "GetCisScanReportRequest",
        Shape::Structure(&[
            optional("reportFormat", 61),
            required("scanArn", 68),
            optional("targetAccounts", 337),
        ]),
    ),
    (
        "GetCisScanResultDetailsMaxResults",
        Shape::Integer(1, 1_000),
    ),
    (
        "GetCisScanResultDetailsRequest",
        Shape::Structure(&[
            required("accountId", 1),
            optional("filterCriteria", 76),
            optional("maxResults", 217),
            optional("nextToken", 302),
            required("scanArn", 68),
            optional("sortBy", 77),
            optional("sortOrder", 94),
            required("targetResourceId", 342),
        ]),
    ),
    (
        "GetClustersForImageNextToken",
        Shape::String(1, 3_000, None),
    ),
    (
        "GetClustersForImageRequest",
        Shape::Structure(&[
            required("filter", 104),
            optional("maxResults", 221),
            optional("nextToken", 219),
        ]),
    ),
    (
        "GetClustersForImageRequestMaxResultsInteger",
        Shape::Integer(1, 100),
    ),
    (
        "GetCodeSecurityIntegrationRequest",
        Shape::Structure(&[required("integrationArn", 110), optional("tags", 406)]),
    ),
    (
        "GetCodeSecurityScanConfigurationRequest",
        Shape::Structure(&[required("scanConfigurationArn", 363)]),
    ),
    (
        "GetCodeSecurityScanRequest",
        Shape::Structure(&[required("resource", 112), required("scanId", 114)]),
    ),
    (
        "GetConfigurationRequest",
        Shape::Structure(&[optional("accountId", 1)]),
    ),
    ("GetDelegatedAdminAccountRequest", Shape::Structure(&[])),
    (
        "GetEc2DeepInspectionConfigurationRequest",
        Shape::Structure(&[]),
    ),
    (
        "GetEncryptionKeyRequest",
        Shape::Structure(&[
            Member {
                place: Place::Query,
                ..required("resourceType", 353)
            },
            Member {
                place: Place::Query,
                ..required("scanType", 368)
            },
        ]),
    ),
    (
        "GetFindingsReportStatusRequest",
        Shape::Structure(&[optional("reportId", 336)]),
    ),
    (
        "GetMemberRequest",
        Shape::Structure(&[required("accountId", 1)]),
    ),
    (
        "GetOnDemandScanStatusRequest",
        Shape::Structure(&[
            required("resourceId", 342),
            required("resourceType", 306),
            required("scanId", 365),
        ]),
    ),
    (
        "GetSbomExportRequest",
        Shape::Structure(&[required("reportId", 336)]),
    ),
    ("GitHubAuthCode", Shape::String(1, 1_024, None)),
    (
        "GitHubEnterpriseServerAppRegistrationDetail",
        Shape::Structure(&[required("manifestCode", 235)]),
    ),
    (
        "GitHubEnterpriseServerManifestCode",
        Shape::String(1, 1_024, Some(&P21)),
    ),
    ("GitHubInstallationId", Shape::String(1, 1_024, None)),
    ("GitLabAccessToken", Shape::String(0, u32::MAX, None)),
    ("GitLabAuthCode", Shape::String(1, 1_024, None)),
    (
        "GroupKey",
        Shape::Enum(&[
            "SCAN_STATUS_CODE",
            "SCAN_STATUS_REASON",
            "ACCOUNT_ID",
            "RESOURCE_TYPE",
            "ECR_REPOSITORY_NAME",
            "PROVIDER",
            "PROVIDER_ACCOUNT_ID",
            "PROVIDER_REGION",
            "PROVIDER_ORG_ID",
        ]),
    ),
    (
        "ImageLayerAggregation",
        Shape::Structure(&[
            optional("cloudAccountIds", 398),
            optional("cloudOrgIds", 398),
            optional("cloudPartitions", 398),
            optional("cloudProviders", 398),
            optional("cloudRegions", 398),
            optional("layerHashes", 398),
            optional("repositories", 398),
            optional("resourceIds", 398),
            optional("sortBy", 241),
            optional("sortOrder", 386),
        ]),
    ),
    (
        "ImageLayerSortBy",
        Shape::Enum(&["CRITICAL", "HIGH", "ALL"]),
    ),
    ("InheritanceMode", Shape::Enum(&["INHERIT_FROM_ADMIN"])),
    ("InstanceUrl", Shape::String(0, u32::MAX, Some(&P34))),
    ("Integer", Shape::Integer(i32::MIN as i64, i32::MAX as i64)),
    ("IntegrationName", Shape::String(1, 60, Some(&P20))),
    (
        "IntegrationType",
        Shape::Enum(&["GITLAB_SELF_MANAGED", "GITHUB", "GITHUB_ENTERPRISE_SERVER"]),
    ),
    ("KmsKeyArn", Shape::String(0, u32::MAX, Some(&P29))),
    (
        "LambdaFunctionAggregation",
        Shape::Structure(&[
            optional("functionNames", 398),
            optional("functionTags", 295),
            optional("resourceIds", 398),
            optional("runtimes", 398),
            optional("sortBy", 249),
            optional("sortOrder", 386),
        ]),
    ),
    (
        "LambdaFunctionSortBy",
        Shape::Enum(&["CRITICAL", "HIGH", "ALL"]),
    ),
    (
        "LambdaLayerAggregation",
        Shape::Structure(&[
            optional("functionNames", 398),
            optional("layerArns", 398),
            optional("resourceIds", 398),
            optional("sortBy", 251),
            optional("sortOrder", 386),
        ]),
    ),
    (
        "LambdaLayerSortBy",
        Shape::Enum(&["CRITICAL", "HIGH", "ALL"]),
    ),
    ("ListAccountPermissionsMaxResults", Shape::Integer(1, 1_024)),
    (
        "ListAccountPermissionsRequest",
        Shape::Structure(&[
            optional("maxResults", 252),
            optional("nextToken", 302),
            optional("service", 383),
        ]),
    ),
    (
        "ListCisScanConfigurationsFilterCriteria",
        Shape::Structure(&[
            optional("scanConfigurationArnFilters", 71),
            optional("scanNameFilters", 75),
            optional("targetResourceTagFilters", 352),
        ]),
    ),
    (
        "ListCisScanConfigurationsMaxResults",
        Shape::Integer(1, 100),
    ),
    (
        "ListCisScanConfigurationsRequest",
        Shape::Structure(&[
            optional("filterCriteria", 254),
            optional("maxResults", 255),
            optional("nextToken", 302),
            optional("sortBy", 72),
            optional("sortOrder", 94),
        ]),
    ),
    (
        "ListCisScanResultsAggregatedByChecksRequest",
        Shape::Structure(&[
            optional("filterCriteria", 78),
            optional("maxResults", 82),
            optional("nextToken", 302),
            required("scanArn", 68),
            optional("sortBy", 79),
            optional("sortOrder", 94),
        ]),
    ),
    (
        "ListCisScanResultsAggregatedByTargetResourceRequest",
        Shape::Structure(&[
            optional("filterCriteria", 80),
            optional("maxResults", 82),
            optional("nextToken", 302),
            required("scanArn", 68),
            optional("sortBy", 81),
            optional("sortOrder", 94),
        ]),
    ),
    (
        "ListCisScansDetailLevel",
        Shape::Enum(&["ORGANIZATION", "MEMBER"]),
    ),
    (
        "ListCisScansFilterCriteria",
        Shape::Structure(&[
            optional("failedChecksFilters", 60),
            optional("scanArnFilters", 69),
            optional("scanAtFilters", 73),
            optional("scanConfigurationArnFilters", 71),
            optional("scanNameFilters", 75),
            optional("scanStatusFilters", 86),
            optional("scheduledByFilters", 87),
            optional("targetAccountIdFilters", 2),
            optional("targetResourceIdFilters", 343),
            optional("targetResourceTagFilters", 352),
        ]),
    ),
    ("ListCisScansMaxResults", Shape::Integer(1, 100)),
    (
        "ListCisScansRequest",
        Shape::Structure(&[
            optional("detailLevel", 259),
            optional("filterCriteria", 260),
            optional("maxResults", 261),
            optional("nextToken", 302),
            optional("sortBy", 263),
            optional("sortOrder", 94),
        ]),
    ),
    (
        "ListCisScansSortBy",
        Shape::Enum(&["STATUS", "SCHEDULED_BY", "SCAN_START_DATE", "FAILED_CHECKS"]),
    ),
    (
        "ListCodeSecurityIntegrationsRequest",
        Shape::Structure(&[
            Member {
                place: Place::Query,
                ..optional("maxResults", 265)
            },
            Member {
                place: Place::Query,
                ..optional("nextToken", 395)
            },
        ]),
    ),
    (
        "ListCodeSecurityIntegrationsRequestMaxResultsInteger",
        Shape::Integer(1, 100),
    ),
    (
        "ListCodeSecurityScanConfigurationAssociationsRequest",
        Shape::Structure(&[
            Member {
                place: Place::Query,
                ..optional("maxResults", 267)
            },
            Member {
                place: Place::Query,
                ..optional("nextToken", 302)
            },
            required("scanConfigurationArn", 363),
        ]),
    ),
    (
        "ListCodeSecurityScanConfigurationAssociationsRequestMaxResultsInteger",
        Shape::Integer(1, 100),
    ),
    (
        "ListCodeSecurityScanConfigurationsRequest",
        Shape::Structure(&[
            Member {
                place: Place::Query,
                ..optional("maxResults", 269)
            },
            Member {
                place: Place::Query,
                ..optional("nextToken", 302)
            },
        ]),
    ),
    (
        "ListCodeSecurityScanConfigurationsRequestMaxResultsInteger",
        Shape::Integer(1, 100),
    ),
    (
        "ListConnectorScanConfigurationsMaxResults",
        Shape::Integer(1, 50),
    ),
    (
        "ListConnectorScanConfigurationsRequest",
        Shape::Structure(&[
            optional("awsConfigConnectorArns", 28),
            optional("maxResults", 270),
            optional("nextToken", 126),
        ]),
    ),
    (
        "ListConnectorsRequest",
        Shape::Structure(&[
            optional("filterCriteria", 124),
            optional("maxResults", 244),
            optional("nextToken", 126),
        ]),
    ),
    ("ListCoverageMaxResults", Shape::Integer(1, 200)),
    (
        "ListCoverageRequest",
        Shape::Structure(&[
            optional("filterCriteria", 144),
            optional("maxResults", 273),
            optional("nextToken", 302),
        ]),
    ),
    (
        "ListCoverageStatisticsRequest",
        Shape::Structure(&[
            optional("filterCriteria", 144),
            optional("groupBy", 239),
            optional("nextToken", 302),
        ]),
    ),
    (
        "ListDelegatedAdminAccountsRequest",
        Shape::Structure(&[optional("maxResults", 277), optional("nextToken", 302)]),
    ),
    ("ListDelegatedAdminMaxResults", Shape::Integer(1, 5)),
    ("ListFilterMaxResults", Shape::Integer(1, 100)),
    (
        "ListFiltersRequest",
        Shape::Structure(&[
            optional("action", 196),
            optional("arns", 198),
            optional("maxResults", 278),
            optional("nextToken", 302),
        ]),
    ),
    ("ListFindingAggregationsMaxResults", Shape::Integer(1, 100)),
    (
        "ListFindingAggregationsRequest",
        Shape::Structure(&[
            optional("accountIds", 398),
            optional("aggregationRequest", 6),
            required("aggregationType", 8),
            optional("maxResults", 280),
            optional("nextToken", 302),
        ]),
    ),
    ("ListFindingsMaxResults", Shape::Integer(1, 100)),
    (
        "ListFindingsRequest",
        Shape::Structure(&[
            optional("filterCriteria", 199),
            optional("maxResults", 282),
            optional("nextToken", 302),
            optional("sortCriteria", 384),
        ]),
    ),
    ("ListMembersMaxResults", Shape::Integer(1, 50)),
    (
        "ListMembersRequest",
        Shape::Structure(&[
            optional("maxResults", 284),
            optional("nextToken", 302),
            optional("onlyAssociated", 48),
        ]),
    ),
    (
        "ListOnDemandScansRequest",
        Shape::Structure(&[
            optional("maxResults", 287),
            optional("nextToken", 307),
            required("resourceId", 342),
            required("resourceType", 306),
        ]),
    ),
    (
        "ListOnDemandScansRequestMaxResultsInteger",
        Shape::Integer(1, 100),
    ),
    (
        "ListTagsForResourceRequest",
        Shape::Structure(&[Member {
            place: Place::Path,
            ..required("resourceArn", 19)
        }]),
    ),
    ("ListUsageTotalsMaxResults", Shape::Integer(1, 500)),
    ("ListUsageTotalsNextToken", Shape::String(1, u32::MAX, None)),
    (
        "ListUsageTotalsRequest",
        Shape::Structure(&[
            optional("accountIds", 445),
            optional("maxResults", 289),
            optional("nextToken", 290),
        ]),
    ),
    ("Long", Shape::Integer(i64::MIN, i64::MAX)),
    ("MapComparison", Shape::Enum(&["EQUALS"])),
    (
        "MapFilter",
        Shape::Structure(&[
            required("comparison", 293),
            required("key", 296),
            optional("value", 297),
        ]),
    ),
    ("MapFilterList", Shape::List(294, 1, 10)),
    ("MapKey", Shape::String(1, 128, None)),
    ("MapValue", Shape::String(0, 256, None)),
    (
        "MemberAccountEc2DeepInspectionStatus",
        Shape::Structure(&[
            required("accountId", 1),
            required("activateDeepInspection", 48),
        ]),
    ),
    (
        "MemberAccountEc2DeepInspectionStatusList",
        Shape::List(298, 0, 100),
    ),
    ("MeteringAccountId", Shape::String(0, u32::MAX, Some(&P6))),
    (
        "MonthlySchedule",
        Shape::Structure(&[required("day", 169), required("startTime", 416)]),
    ),
    ("NextToken", Shape::String(0, 1_000_000, None)),
    ("NonEmptyString", Shape::String(1, u32::MAX, None)),
    (
        "NumberFilter",
        Shape::Structure(&[
            optional("lowerInclusive", 184),
            optional("upperInclusive", 184),
        ]),
    ),
    ("NumberFilterList", Shape::List(304, 1, 10)),
    ("OnDemandResourceType", Shape::Enum(&["AMI"])),
    ("OnDemandScanNextToken", Shape::String(1, 1_000_000, None)),
    ("OneAccountIdFilterList", Shape::List(96, 1, 1)),
    ("OneTimeSchedule", Shape::Structure(&[])),
    (
        "PackageAggregation",
        Shape::Structure(&[
            optional("packageNames", 398),
            optional("sortBy", 313),
            optional("sortOrder", 386),
        ]),
    ),
    (
        "PackageFilter",
        Shape::Structure(&[
            optional("architecture", 397),
            optional("epoch", 304),
            optional("filePath", 397),
            optional("name", 397),
            optional("purlQualifier", 332),
            optional("release", 397),
            optional("runtimeReachability", 359),
            optional("runtimeReachabilityReason", 361),
            optional("sourceLambdaLayerArn", 397),
            optional("sourceLayerHash", 397),
            optional("version", 397),
        ]),
    ),
    ("PackageFilterList", Shape::List(311, 1, 10)),
    ("PackageSortBy", Shape::Enum(&["CRITICAL", "HIGH", "ALL"])),
    ("Path", Shape::String(1, 512, Some(&P1))),
    ("PathList", Shape::List(314, 0, 5)),
    (
        "PeriodicScanConfiguration",
        Shape::Structure(&[
            optional("frequency", 317),
            optional("frequencyExpression", 207),
        ]),
    ),
    (
        "PeriodicScanFrequency",
        Shape::Enum(&["WEEKLY", "MONTHLY", "NEVER"]),
    ),
    ("PkceState", Shape::String(1, 1_024, Some(&P10))),
    ("PlatformFilterList", Shape::List(96, 1, 10)),
    ("PlatformVersion", Shape::String(0, 8, None)),
    ("Port", Shape::Integer(0, 65_535)),
    (
        "PortRangeFilter",
        Shape::Structure(&[
            optional("beginInclusive", 321),
            optional("endInclusive", 321),
        ]),
    ),
    ("PortRangeFilterList", Shape::List(322, 1, 10)),
    ("Product", Shape::String(0, 32, None)),
    ("ProjectId", Shape::String(0, u32::MAX, Some(&P35))),
    ("ProjectSelectionScope", Shape::Enum(&["ALL"])),
    ("ProviderComparison", Shape::Enum(&["EQUALS"])),
    (
        "ProviderDetailCreate",
        Shape::Union(&[optional("azure", 31), optional("gcp", 209)]),
    ),
    (
        "ProviderDetailUpdate",
        Shape::Union(&[optional("azure", 32), optional("gcp", 210)]),
    ),
    (
        "ProviderFilter",
        Shape::Structure(&[required("comparison", 327), required("value", 121)]),
    ),
    ("ProviderFilterList", Shape::List(330, 0, 1)),
    (
        "PurlQualifierFilter",
        Shape::Structure(&[
            required("comparison", 293),
            required("key", 333),
            optional("value", 297),
        ]),
    ),
    (
        "PurlQualifierKey",
        Shape::Enum(&[
            "arch",
            "collector",
            "dev_dependency",
            "distro",
            "epoch",
            "go_toolchain",
            "hardened",
            "private",
            "rust_toolchain",
            "scope",
            "skip_chromium_download",
            "source",
            "stream",
            "transitive_dependency",
            "unresolved",
            "vendor",
        ]),
    ),
    ("Reason", Shape::String(0, 1_024, None)),
    ("ReportFormat", Shape::Enum(&["CSV", "JSON"])),
    ("ReportId", Shape::String(0, u32::MAX, Some(&P7))),
    ("ReportTargetAccounts", Shape::List(1, 0, 1)),
    (
        "RepositoryAggregation",
        Shape::Structure(&[
            optional("repositories", 398),
            optional("sortBy", 339),
            optional("sortOrder", 386),
        ]),
    ),
    (
        "RepositorySortBy",
        Shape::Enum(&["CRITICAL", "HIGH", "ALL", "AFFECTED_IMAGES"]),
    ),
    (
        "ResetEncryptionKeyRequest",
        Shape::Structure(&[required("resourceType", 353), required("scanType", 368)]),
    ),
    (
        "ResourceFilterCriteria",
        Shape::Structure(&[
            optional("accountId", 350),
            optional("cloudContainerImageTags", 350),
            optional("cloudContainerRegistryName", 350),
            optional("cloudContainerRepositoryName", 350),
            optional("cloudProvider", 350),
            optional("cloudProviderAccountId", 350),
            optional("cloudProviderOrgId", 350),
            optional("cloudProviderRegion", 350),
            optional("cloudServerlessFunctionName", 350),
            optional("cloudServerlessFunctionRuntime", 350),
            optional("cloudServerlessFunctionTags", 346),
            optional("cloudVmInstanceTags", 346),
            optional("ec2InstanceTags", 346),
            optional("ecrImageTags", 350),
            optional("ecrRepositoryName", 350),
            optional("lambdaFunctionName", 350),
            optional("lambdaFunctionTags", 346),
            optional("resourceId", 350),
            optional("resourceType", 350),
        ]),
    ),
    ("ResourceId", Shape::String(10, 1_024, None)),
    ("ResourceIdFilterList", Shape::List(96, 1, 10)),
    ("ResourceMapComparison", Shape::Enum(&["EQUALS"])),
    (
        "ResourceMapFilter",
        Shape::Structure(&[
            required("comparison", 344),
            required("key", 303),
            optional("value", 303),
        ]),
    ),
    ("ResourceMapFilterList", Shape::List(345, 1, 10)),
    (
        "ResourceScanType",
        Shape::Enum(&[
            "EC2",
            "ECR",
            "LAMBDA",
            "LAMBDA_CODE",
            "CODE_REPOSITORY",
            "AMI",
            "MACHINE_IMAGE",
        ]),
    ),
    (
        "ResourceStringComparison",
        Shape::Enum(&["EQUALS", "NOT_EQUALS"]),
    ),
    (
        "ResourceStringFilter",
        Shape::Structure(&[required("comparison", 348), required("value", 351)]),
    ),
    ("ResourceStringFilterList", Shape::List(349, 1, 10)),
    ("ResourceStringInput", Shape::String(1, 1_024, None)),
    ("ResourceTagFilterList", Shape::List(403, 1, 10)),
    (
        "ResourceType",
        Shape::Enum(&[
            "AWS_EC2_INSTANCE",
            "AWS_ECR_CONTAINER_IMAGE",
            "AWS_ECR_REPOSITORY",
            "AWS_LAMBDA_FUNCTION",
            "CODE_REPOSITORY",
            "Microsoft.Compute/virtualMachines",
            "Microsoft.ContainerRegistry/registry/containerImage",
            "Microsoft.Web/sites",
            "MACHINE_IMAGE",
            "cloudfunctions.googleapis.com/Function",
            "compute.googleapis.com/Instance",
            "artifactregistry.googleapis.com/DockerImage",
        ]),
    ),
    ("RuleId", Shape::String(1, 500, None)),
    ("RuleSetCategories", Shape::List(356, 1, 3)),
    ("RuleSetCategory", Shape::Enum(&["SAST", "IAC", "SCA"])),
    (
        "RuntimeReachability",
        Shape::Enum(&["REACHABLE", "NOT_REACHABLE", "UNKNOWN"]),
    ),
    (
        "RuntimeReachabilityComparison",
        Shape::Enum(&["EQUALS", "NOT_EQUALS"]),
    ),
    (
        "RuntimeReachabilityFilter",
        Shape::Structure(&[required("comparison", 358), required("value", 357)]),
    ),
    (
        "RuntimeReachabilityReason",
        Shape::Enum(&[
            "PACKAGE_IN_DOCKERFILE_WORKLOAD_PATH",
            "PACKAGE_NOT_IN_DOCKERFILE_WORKLOAD_PATH",
            "PROCESS_OBSERVED_IN_EC2_RUNTIME",
            "PROCESS_NOT_OBSERVED_IN_EC2_RUNTIME",
        ]),
    ),
    (
        "RuntimeReachabilityReasonFilter",
        Shape::Structure(&[required("comparison", 358), required("value", 360)]),
    ),
    (
        "SbomReportFormat",
        Shape::Enum(&["CYCLONEDX_1_4", "SPDX_2_3"]),
    ),
    (
        "ScanConfigurationArn",
        Shape::String(0, u32::MAX, Some(&P27)),
    ),
    ("ScanConfigurationName", Shape::String(1, 60, Some(&P20))),
    ("ScanId", Shape::String(1, 64, Some(&P18))),
    (
        "ScanSource",
        Shape::Enum(&["INSTANCE_SCAN", "MACHINE_IMAGE_SCAN"]),
    ),
    ("ScanSourceList", Shape::List(366, 1, 2)),
    ("ScanType", Shape::Enum(&["NETWORK", "PACKAGE", "CODE"])),
    (
        "Schedule",
        Shape::Union(&[
            optional("daily", 165),
            optional("monthly", 301),
            optional("oneTime", 309),
            optional("weekly", 453),
        ]),
    ),
    (
        "ScopeConfigurationInput",
        Shape::Structure(&[required("scopeType", 372), optional("scopeValues", 374)]),
    ),
    (
        "ScopeSettings",
        Shape::Structure(&[optional("projectSelectionScope", 326)]),
    ),
    (
        "ScopeType",
        Shape::Enum(&["TENANT", "SUBSCRIPTION", "ORGANIZATION", "PROJECT"]),
    ),
    ("ScopeValue", Shape::String(36, 36, Some(&P9))),
    ("ScopeValueList", Shape::List(373, 0, 100)),
    (
        "SearchVulnerabilitiesFilterCriteria",
        Shape::Structure(&[required("vulnerabilityIds", 452)]),
    ),
    (
        "SearchVulnerabilitiesRequest",
        Shape::Structure(&[required("filterCriteria", 375), optional("nextToken", 302)]),
    ),
    ("SecurityGroupId", Shape::String(0, u32::MAX, Some(&P36))),
    ("SecurityGroupIdList", Shape::List(377, 0, 5)),
    (
        "SendCisSessionHealthRequest",
        Shape::Structure(&[required("scanJobId", 424), required("sessionToken", 424)]),
    ),
    (
        "SendCisSessionTelemetryRequest",
        Shape::Structure(&[
            required("messages", 93),
            required("scanJobId", 424),
            required("sessionToken", 424),
        ]),
    ),
    (
        "ServerlessFunctionAggregation",
        Shape::Structure(&[
            optional("cloudAccountIds", 398),
            optional("cloudOrgIds", 398),
            optional("cloudPartitions", 398),
            optional("cloudProviders", 398),
            optional("cloudRegions", 398),
            optional("functionNames", 398),
            optional("functionTags", 295),
            optional("resourceIds", 398),
            optional("runtimes", 398),
            optional("sortBy", 382),
            optional("sortOrder", 386),
        ]),
    ),
    (
        "ServerlessFunctionSortBy",
        Shape::Enum(&["CRITICAL", "HIGH", "ALL"]),
    ),
    ("Service", Shape::Enum(&["EC2", "ECR", "LAMBDA"])),
    (
        "SortCriteria",
        Shape::Structure(&[required("field", 385), required("sortOrder", 386)]),
    ),
    (
        "SortField",
        Shape::Enum(&[
            "AWS_ACCOUNT_ID",
            "FINDING_TYPE",
            "SEVERITY",
            "FIRST_OBSERVED_AT",
            "LAST_OBSERVED_AT",
            "FINDING_STATUS",
            "RESOURCE_TYPE",
            "ECR_IMAGE_PUSHED_AT",
            "ECR_IMAGE_REPOSITORY_NAME",
            "ECR_IMAGE_REGISTRY",
            "NETWORK_PROTOCOL",
            "COMPONENT_TYPE",
            "VULNERABILITY_ID",
            "VULNERABILITY_SOURCE",
            "INSPECTOR_SCORE",
            "VENDOR_SEVERITY",
            "EPSS_SCORE",
        ]),
    ),
    ("SortOrder", Shape::Enum(&["ASC", "DESC"])),
    (
        "StartCisSessionMessage",
        Shape::Structure(&[required("sessionToken", 424)]),
    ),
    (
        "StartCisSessionRequest",
        Shape::Structure(&[required("message", 387), required("scanJobId", 424)]),
    ),
    (
        "StartCodeSecurityScanRequest",
        Shape::Structure(&[optional("clientToken", 109), required("resource", 112)]),
    ),
    (
        "StartOnDemandScanRequest",
        Shape::Structure(&[
            optional("clientToken", 395),
            required("resourceId", 342),
            required("resourceType", 306),
        ]),
    ),
    (
        "StopCisMessageProgress",
        Shape::Structure(&[
            optional("errorChecks", 51),
            optional("failedChecks", 51),
            optional("informationalChecks", 51),
            optional("notApplicableChecks", 51),
            optional("notEvaluatedChecks", 51),
            optional("successfulChecks", 51),
            optional("totalChecks", 51),
            optional("unknownChecks", 51),
        ]),
    ),
    (
        "StopCisSessionMessage",
        Shape::Structure(&[
            optional("benchmarkProfile", 46),
            optional("benchmarkVersion", 47),
            optional("computePlatform", 115),
            required("progress", 391),
            optional("reason", 334),
            required("status", 394),
        ]),
    ),
    (
        "StopCisSessionRequest",
        Shape::Structure(&[
            required("message", 392),
            required("scanJobId", 424),
            required("sessionToken", 424),
        ]),
    ),
    (
        "StopCisSessionStatus",
        Shape::Enum(&["SUCCESS", "FAILED", "INTERRUPTED", "UNSUPPORTED_OS"]),
    ),
    ("String", Shape::String(0, u32::MAX, None)),
    (
        "StringComparison",
        Shape::Enum(&["EQUALS", "PREFIX", "NOT_EQUALS"]),
    ),
    (
        "StringFilter",
        Shape::Structure(&[required("comparison", 396), required("value", 399)]),
    ),
    ("StringFilterList", Shape::List(397, 1, 10)),
    ("StringInput", Shape::String(1, 1_024, None)),
    ("SubnetId", Shape::String(0, u32::MAX, Some(&P37))),
    ("SubnetIdList", Shape::List(400, 0, 16)),
    ("TagComparison", Shape::Enum(&["EQUALS"])),
    (
        "TagFilter",
        Shape::Structure(&[
            required("comparison", 402),
            required("key", 303),
            required("value", 303),
        ]),
    ),
    ("TagKey", Shape::String(1, 128, Some(&P0))),
    ("TagKeyList", Shape::List(404, 0, 50)),
    ("TagMap", Shape::Map(296, 297, 0, u32::MAX)),
    (
        "TagResourceRequest",
        Shape::Structure(&[
            Member {
                place: Place::Path,
                ..required("resourceArn", 19)
            },
            required("tags", 406),
        ]),
    ),
    ("TagValueList", Shape::List(413, 1, 5)),
    ("TargetAccount", Shape::String(0, u32::MAX, Some(&P23))),
    ("TargetAccountList", Shape::List(409, 1, 10_000)),
    ("TargetResourceTags", Shape::Map(412, 408, 1, 5)),
    ("TargetResourceTagsKey", Shape::String(1, 128, Some(&P14))),
    ("TargetResourceTagsValue", Shape::String(1, 256, None)),
    ("TargetStatusFilterList", Shape::List(100, 1, 10)),
    ("TargetStatusReasonFilterList", Shape::List(102, 1, 10)),
    (
        "Time",
        Shape::Structure(&[required("timeOfDay", 417), required("timezone", 419)]),
    ),
    ("TimeOfDay", Shape::String(0, u32::MAX, Some(&P3))),
    ("Timestamp", Shape::Epoch),
    ("Timezone", Shape::String(1, 50, None)),
    (
        "TitleAggregation",
        Shape::Structure(&[
            optional("findingType", 5),
            optional("resourceType", 7),
            optional("sortBy", 422),
            optional("sortOrder", 386),
            optional("titles", 398),
            optional("vulnerabilityIds", 398),
        ]),
    ),
    ("TitleFilterList", Shape::List(96, 1, 10)),
    ("TitleSortBy", Shape::Enum(&["CRITICAL", "HIGH", "ALL"])),
    ("TlsCertificate", Shape::String(1, 16_384, Some(&P15))),
    ("UUID", Shape::String(0, u32::MAX, Some(&P17))),
    (
        "UntagResourceRequest",
        Shape::Structure(&[
            Member {
                place: Place::Path,
                ..required("resourceArn", 19)
            },
            Member {
                place: Place::Query,
                ..required("tagKeys", 405)
            },
        ]),
    ),
    (
        "UpdateCisScanConfigurationRequest",
        Shape::Structure(&[
            required("scanConfigurationArn", 70),
            optional("scanName", 74),
            optional("schedule", 369),
            optional("securityLevel", 88),
            optional("targets", 427),
        ]),
    ),
    (
        "UpdateCisTargets",
        Shape::Structure(&[
            optional("accountIds", 410),
            optional("targetResourceTags", 411),
        ]),
    ),
    (
        "UpdateCodeSecurityIntegrationRequest",
        Shape::Structure(&[required("details", 441), required("integrationArn", 110)]),
    ),
    (
        "UpdateCodeSecurityScanConfigurationRequest",
        Shape::Structure(&[
            required("configuration", 113),
            required("scanConfigurationArn", 363),
        ]),
    ),
    (
        "UpdateConfigurationInheritance",
        Shape::Structure(&[
            optional("amiConfiguration", 242),
            optional("ec2Configuration", 242),
            optional("ecrConfiguration", 242),
        ]),
    ),
    (
        "UpdateConfigurationRequest",
        Shape::Structure(&[
            optional("accountId", 1),
            optional("amiConfiguration", 10),
            optional("ec2Configuration", 185),
            optional("ecrConfiguration", 189),
            optional("updateConfigurationInheritance", 430),
        ]),
    ),
    (
        "UpdateConnectorRequest",
        Shape::Structure(&[
            required("connectorArn", 117),
            optional("description", 123),
            optional("providerDetail", 329),
        ]),
    ),
    (
        "UpdateConnectorScanConfigurationRequest",
        Shape::Structure(&[
            required("awsConfigConnectorArn", 24),
            required("scanConfiguration", 127),
        ]),
    ),
    (
        "UpdateEc2DeepInspectionConfigurationRequest",
        Shape::Structure(&[
            optional("activateDeepInspection", 48),
            optional("packagePaths", 315),
        ]),
    ),
    (
        "UpdateEncryptionKeyRequest",
        Shape::Structure(&[
            required("kmsKeyId", 247),
            required("resourceType", 353),
            required("scanType", 368),
        ]),
    ),
    (
        "UpdateFilterRequest",
        Shape::Structure(&[
            optional("action", 196),
            optional("description", 200),
            required("filterArn", 197),
            optional("filterCriteria", 199),
            optional("name", 201),
            optional("reason", 202),
        ]),
    ),
    (
        "UpdateGitHubEnterpriseServerAppInstallationDetail",
        Shape::Structure(&[
            required("code", 233),
            required("installationId", 236),
            optional("stateToken", 318),
        ]),
    ),
    (
        "UpdateGitHubEnterpriseServerIntegrationDetail",
        Shape::Union(&[
            optional("appInstallation", 437),
            optional("appRegistration", 234),
        ]),
    ),
    (
        "UpdateGitHubIntegrationDetail",
        Shape::Structure(&[
            required("code", 233),
            required("installationId", 236),
            optional("stateToken", 318),
        ]),
    ),
    (
        "UpdateGitLabSelfManagedIntegrationDetail",
        Shape::Structure(&[required("authCode", 238), optional("stateToken", 318)]),
    ),
    (
        "UpdateIntegrationDetails",
        Shape::Union(&[
            optional("github", 439),
            optional("githubEnterpriseServer", 438),
            optional("gitlabSelfManaged", 440),
        ]),
    ),
    (
        "UpdateOrgEc2DeepInspectionConfigurationRequest",
        Shape::Structure(&[required("orgPackagePaths", 315)]),
    ),
    (
        "UpdateOrganizationConfigurationRequest",
        Shape::Structure(&[required("autoEnable", 23)]),
    ),
    ("UsageAccountId", Shape::String(0, u32::MAX, Some(&P6))),
    ("UsageAccountIdList", Shape::List(444, 1, 7_000)),
    ("Vendor", Shape::String(0, 16, None)),
    (
        "VmInstanceAggregation",
        Shape::Structure(&[
            optional("cloudAccountIds", 398),
            optional("cloudOrgIds", 398),
            optional("cloudPartitions", 398),
            optional("cloudProviders", 398),
            optional("cloudRegions", 398),
            optional("instanceTags", 295),
            optional("operatingSystems", 398),
            optional("resourceIds", 398),
            optional("sortBy", 448),
            optional("sortOrder", 386),
            optional("vmImageReferences", 398),
        ]),
    ),
    (
        "VmInstanceSortBy",
        Shape::Enum(&["CRITICAL", "HIGH", "ALL", "NETWORK_FINDINGS"]),
    ),
    ("VpcEndpointId", Shape::String(0, u32::MAX, Some(&P39))),
    ("VpcId", Shape::String(0, u32::MAX, Some(&P38))),
    ("VulnId", Shape::String(0, u32::MAX, Some(&P8))),
    ("VulnIdList", Shape::List(451, 1, 1)),
    (
        "WeeklySchedule",
        Shape::Structure(&[required("days", 170), required("startTime", 416)]),
    ),
    (
        "OutputFormat",
        Shape::Enum(&["CYCLONE_DX_1_5", "INSPECTOR", "INSPECTOR_ALT"]),
    ),
    ("Sbom", Shape::Document),
    (
        "ScanSbomRequest",
        Shape::Structure(&[optional("outputFormat", 454), required("sbom", 455)]),
    ),
];
