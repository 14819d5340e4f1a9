# Java archives of Maven Central: plain, shaded, with nested ones, a Spring Boot program, a web application.
mkdir -p root/opt
fetch() {
    file=${1##*/}-$2${3:-}.jar
    curl -sSfo "root/opt/$file" "https://repo.maven.apache.org/maven2/$1/$2/$file"
}
fetch org/apache/logging/log4j/log4j-core 2.14.1
fetch com/fasterxml/jackson/core/jackson-databind 2.9.8
fetch org/springframework/spring-core 5.3.17
fetch commons-collections/commons-collections 3.2.1
fetch org/apache/commons/commons-text 1.9
fetch com/google/guava/guava 31.0-jre
fetch org/apache/hadoop/hadoop-client-runtime 3.3.1
fetch io/netty/netty-all 4.1.68.Final
fetch org/codehaus/groovy/groovy-all 2.4.21
fetch org/apache/spark/spark-core_2.12 3.2.0
fetch com/github/tomakehurst/wiremock-jre8-standalone 2.32.0
fetch org/springframework/boot/spring-boot-loader 2.6.4
curl -sSfo root/opt/web-demo.war https://repo.maven.apache.org/maven2/org/apache/activemq/activemq-web-demo/5.16.3/activemq-web-demo-5.16.3.war
archive image.tar root
