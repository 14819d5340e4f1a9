//! Groups of widely used libraries that are built without Maven's metadata in the jar.
//!
//! A row holds only if the archive has classes below the given directory, so a library of
//! another maker with a similar name is not taken for it.

/// An artifact or, with a star, all that start so; the directory of its classes; its group.
type Row = (&'static str, &'static str, &'static str);

const SPRING: &str = "org/springframework/";

/// More special rows first.
const ROWS: &[Row] = &[
    ("spring-amqp", SPRING, "org.springframework.amqp"),
    ("spring-batch-*", SPRING, "org.springframework.batch"),
    ("spring-boot*", SPRING, "org.springframework.boot"),
    ("spring-cloud-*", SPRING, "org.springframework.cloud"),
    ("spring-data-*", SPRING, "org.springframework.data"),
    ("spring-hateoas", SPRING, "org.springframework.hateoas"),
    (
        "spring-integration-*",
        SPRING,
        "org.springframework.integration",
    ),
    ("spring-kafka", SPRING, "org.springframework.kafka"),
    ("spring-ldap-*", SPRING, "org.springframework.ldap"),
    ("spring-rabbit", SPRING, "org.springframework.amqp"),
    ("spring-security-*", SPRING, "org.springframework.security"),
    ("spring-session-*", SPRING, "org.springframework.session"),
    ("spring-webflow", SPRING, "org.springframework.webflow"),
    ("spring-ws-*", SPRING, "org.springframework.ws"),
    ("spring-aop", SPRING, "org.springframework"),
    ("spring-aspects", SPRING, "org.springframework"),
    ("spring-beans", SPRING, "org.springframework"),
    ("spring-context*", SPRING, "org.springframework"),
    ("spring-core", SPRING, "org.springframework"),
    ("spring-expression", SPRING, "org.springframework"),
    ("spring-jdbc", SPRING, "org.springframework"),
    ("spring-jms", SPRING, "org.springframework"),
    ("spring-messaging", SPRING, "org.springframework"),
    ("spring-orm", SPRING, "org.springframework"),
    ("spring-oxm", SPRING, "org.springframework"),
    ("spring-tx", SPRING, "org.springframework"),
    ("spring-web", SPRING, "org.springframework"),
    ("spring-webflux", SPRING, "org.springframework"),
    ("spring-webmvc", SPRING, "org.springframework"),
    ("spring-websocket", SPRING, "org.springframework"),
    ("aopalliance", "org/aopalliance/", "aopalliance"),
    ("ant", "org/apache/tools/ant/", "org.apache.ant"),
    ("ant-*", "org/apache/tools/ant/", "org.apache.ant"),
    ("antlr", "antlr/", "antlr"),
    ("asm", "org/objectweb/asm/", "org.ow2.asm"),
    ("asm-*", "org/objectweb/asm/", "org.ow2.asm"),
    ("aspectjrt", "org/aspectj/", "org.aspectj"),
    ("aspectjtools", "org/aspectj/", "org.aspectj"),
    ("aspectjweaver", "org/aspectj/", "org.aspectj"),
    ("axis", "org/apache/axis/", "axis"),
    ("bcmail-*", "org/bouncycastle/", "org.bouncycastle"),
    ("bcpg-*", "org/bouncycastle/", "org.bouncycastle"),
    ("bcpkix-*", "org/bouncycastle/", "org.bouncycastle"),
    ("bcprov-*", "org/bouncycastle/", "org.bouncycastle"),
    ("bctls-*", "org/bouncycastle/", "org.bouncycastle"),
    ("bcutil-*", "org/bouncycastle/", "org.bouncycastle"),
    (
        "cassandra-all",
        "org/apache/cassandra/",
        "org.apache.cassandra",
    ),
    (
        "checker-qual",
        "org/checkerframework/",
        "org.checkerframework",
    ),
    (
        "commons-httpclient",
        "org/apache/commons/httpclient/",
        "commons-httpclient",
    ),
    ("derby*", "org/apache/derby/", "org.apache.derby"),
    ("elasticsearch", "org/elasticsearch/", "org.elasticsearch"),
    (
        "elasticsearch-rest-*",
        "org/elasticsearch/client/",
        "org.elasticsearch.client",
    ),
    ("elasticsearch-*", "org/elasticsearch/", "org.elasticsearch"),
    ("graphql-java", "graphql/", "com.graphql-java"),
    ("grpc-*", "io/grpc/", "io.grpc"),
    ("h2", "org/h2/", "com.h2database"),
    ("hadoop-*", "org/apache/hadoop/", "org.apache.hadoop"),
    ("hsqldb", "org/hsqldb/", "org.hsqldb"),
    ("ivy", "org/apache/ivy/", "org.apache.ivy"),
    (
        "jackson-core-asl",
        "org/codehaus/jackson/",
        "org.codehaus.jackson",
    ),
    (
        "jackson-mapper-asl",
        "org/codehaus/jackson/",
        "org.codehaus.jackson",
    ),
    ("java-jwt", "com/auth0/", "com.auth0"),
    ("jdom2", "org/jdom2/", "org.jdom"),
    ("json-path", "com/jayway/jsonpath/", "com.jayway.jsonpath"),
    ("junit", "org/junit/", "junit"),
    ("jython*", "org/python/", "org.python"),
    ("kafka-clients", "org/apache/kafka/", "org.apache.kafka"),
    ("kafka_*", "kafka/", "org.apache.kafka"),
    ("ktor-*", "io/ktor/", "io.ktor"),
    ("kotlin-stdlib*", "kotlin/", "org.jetbrains.kotlin"),
    ("lucene-*", "org/apache/lucene/", "org.apache.lucene"),
    ("mysql-connector-j", "com/mysql/", "com.mysql"),
    ("mysql-connector-java", "com/mysql/", "mysql"),
    ("micronaut-http*", "io/micronaut/http/", "io.micronaut"),
    (
        "nekohtml",
        "org/cyberneko/html/",
        "net.sourceforge.nekohtml",
    ),
    ("okhttp", "okhttp3/", "com.squareup.okhttp3"),
    ("okio*", "okio/", "com.squareup.okio"),
    ("opensearch", "org/opensearch/", "org.opensearch"),
    (
        "opensearch-rest-*",
        "org/opensearch/client/",
        "org.opensearch.client",
    ),
    ("poi", "org/apache/poi/", "org.apache.poi"),
    ("poi-*", "org/apache/poi/", "org.apache.poi"),
    ("reactor-core", "reactor/", "io.projectreactor"),
    (
        "reactor-netty*",
        "reactor/netty/",
        "io.projectreactor.netty",
    ),
    ("retrofit", "retrofit2/", "com.squareup.retrofit2"),
    ("rhino", "org/mozilla/", "org.mozilla"),
    ("solr-*", "org/apache/solr/", "org.apache.solr"),
    ("thymeleaf*", "org/thymeleaf/", "org.thymeleaf"),
    ("tomcat-embed-*", "org/apache/", "org.apache.tomcat.embed"),
    ("tomcat-*", "org/apache/", "org.apache.tomcat"),
    ("unboundid-ldapsdk", "com/unboundid/", "com.unboundid"),
    ("velocity", "org/apache/velocity/", "org.apache.velocity"),
    ("xalan", "org/apache/xalan/", "xalan"),
    ("xercesImpl", "org/apache/xerces/", "xerces"),
    ("xmlbeans", "org/apache/xmlbeans/", "org.apache.xmlbeans"),
    ("xmlpull", "org/xmlpull/v1/", "xmlpull"),
    ("xpp3", "org/xmlpull/mxp1/", "xpp3"),
    ("zookeeper", "org/apache/zookeeper/", "org.apache.zookeeper"),
];

/// Artifacts whose group changed: the directory of classes, the first major version of the new
/// group, the old group, the new one.
const MOVED: &[(&str, &str, u64, [&str; 2])] = &[
    ("dom4j", "org/dom4j/", 2, ["dom4j", "org.dom4j"]),
    (
        "groovy*",
        "groovy/",
        4,
        ["org.codehaus.groovy", "org.apache.groovy"],
    ),
    (
        "wiremock*",
        "com/github/tomakehurst/",
        3,
        ["com.github.tomakehurst", "org.wiremock"],
    ),
];

/// The directory that an artifact's classes must be in for [`group`] to hold.
pub(super) fn classes(artifact: &str) -> Option<&'static str> {
    let row = ROWS.iter().find(|row| fits(row.0, artifact));
    let moved = MOVED.iter().find(|row| fits(row.0, artifact));
    row.map(|row| row.1).or(moved.map(|row| row.1))
}

/// The group of an artifact.
pub(super) fn group(artifact: &str, version: &str) -> Option<&'static str> {
    let row = ROWS.iter().find(|row| fits(row.0, artifact));
    let moved = || {
        let (_, _, first, [old, new]) = MOVED.iter().find(|row| fits(row.0, artifact))?;
        let major: u64 = version.split('.').next()?.parse().ok()?;
        Some(if major < *first { *old } else { *new })
    };
    row.map(|row| row.2).or_else(moved)
}

fn fits(pattern: &str, artifact: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => artifact.starts_with(start),
        None => artifact == pattern,
    }
}
