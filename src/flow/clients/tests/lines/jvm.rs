//! Java and its relatives.

use super::check;
use crate::model::base_images::Distro::Debian;

#[test]
fn java() {
    check(&[
        (
            Debian,
            "mvn -B package",
            "mvn if-not-cached https://repo.maven.apache.org",
        ),
        (
            Debian,
            "mvn -o package",
            "mvn offline(-o) https://repo.maven.apache.org   Offline=",
        ),
        (
            Debian,
            "mvn -B -Dhttps.proxyHost=p -Dhttps.proxyPort=3128 verify",
            "mvn if-not-cached https://repo.maven.apache.org   Proxy(Some(Https))=p",
        ),
        (
            Debian,
            "mvn dependency:go-offline",
            "mvn certain https://repo.maven.apache.org",
        ),
        (
            Debian,
            "MAVEN_OPTS=-Dhttp.proxyHost=p mvn package",
            "mvn if-not-cached https://repo.maven.apache.org   Options=-Dhttp.proxyHost=p",
        ),
        (Debian, "mvn -version", "mvn never"),
        (
            Debian,
            "./gradlew build --no-daemon",
            "gradle if-not-cached https://repo.maven.apache.org",
        ),
        (
            Debian,
            "gradle --offline build",
            "gradle offline(--offline) https://repo.maven.apache.org   Offline=",
        ),
    ]);
}
