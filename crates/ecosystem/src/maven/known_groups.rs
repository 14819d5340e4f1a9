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
    ("ant", "org/apache/tools/ant/", "org.apache.ant"),
    ("ant-*", "org/apache/tools/ant/", "org.apache.ant"),
    ("bcmail-*", "org/bouncycastle/", "org.bouncycastle"),
    ("bcpg-*", "org/bouncycastle/", "org.bouncycastle"),
    ("bcpkix-*", "org/bouncycastle/", "org.bouncycastle"),
    ("bcprov-*", "org/bouncycastle/", "org.bouncycastle"),
    ("bctls-*", "org/bouncycastle/", "org.bouncycastle"),
    ("bcutil-*", "org/bouncycastle/", "org.bouncycastle"),
    ("elasticsearch", "org/elasticsearch/", "org.elasticsearch"),
    ("elasticsearch-*", "org/elasticsearch/", "org.elasticsearch"),
    ("grpc-*", "io/grpc/", "io.grpc"),
    ("h2", "org/h2/", "com.h2database"),
    ("ivy", "org/apache/ivy/", "org.apache.ivy"),
    ("junit", "org/junit/", "junit"),
    ("kafka-clients", "org/apache/kafka/", "org.apache.kafka"),
    ("kafka_*", "kafka/", "org.apache.kafka"),
    ("kotlin-stdlib*", "kotlin/", "org.jetbrains.kotlin"),
    ("lucene-*", "org/apache/lucene/", "org.apache.lucene"),
    ("mysql-connector-j", "com/mysql/", "com.mysql"),
    ("mysql-connector-java", "com/mysql/", "mysql"),
    ("okhttp", "okhttp3/", "com.squareup.okhttp3"),
    ("okio*", "okio/", "com.squareup.okio"),
    ("opensearch", "org/opensearch/", "org.opensearch"),
    ("reactor-core", "reactor/", "io.projectreactor"),
    (
        "reactor-netty*",
        "reactor/netty/",
        "io.projectreactor.netty",
    ),
    ("retrofit", "retrofit2/", "com.squareup.retrofit2"),
    ("solr-*", "org/apache/solr/", "org.apache.solr"),
    ("tomcat-embed-*", "org/apache/", "org.apache.tomcat.embed"),
    ("tomcat-*", "org/apache/", "org.apache.tomcat"),
    ("xalan", "org/apache/xalan/", "xalan"),
    ("xercesImpl", "org/apache/xerces/", "xerces"),
    ("zookeeper", "org/apache/zookeeper/", "org.apache.zookeeper"),
];

/// The directory and group of an artifact.
pub(super) fn of(artifact: &str) -> Option<(&'static str, &'static str)> {
    ROWS.iter()
        .find(|(pattern, _, _)| match pattern.strip_suffix('*') {
            Some(start) => artifact.starts_with(start),
            None => artifact == *pattern,
        })
        .map(|(_, directory, group)| (*directory, *group))
}
