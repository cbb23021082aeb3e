//! Nothing that passes the redaction door holds a planted secret. The secrets are assembled here,
//! so that no text in the repository has the shape of one.

use docklint::finding::redact::{Door, Quotes};
use docklint::secrets::Names;
use docklint::source::{FileId, FileKind, SourceFile, Span};
use proptest::prelude::*;

/// A password of the kind people choose; `@` and quotes are added where a notation allows them.
const PASSWORD: &str = "Synth3tic-Pw";

fn door() -> Door<'static> {
    static NAMES: Names = Names::BUILT_IN;
    Door::new(&NAMES)
}

fn source(kind: FileKind, text: &str) -> SourceFile {
    SourceFile::new(FileId(0), "f".into(), kind, text.as_bytes().to_vec())
}

/// Checks one text as a file of `kind` and as a message: none of `secrets` is left.
fn assert_hidden(kind: FileKind, text: &str, secrets: &[&str]) {
    let file = source(kind, text);
    let masked = door().file(&file);
    let message = door().text(text);
    for secret in secrets {
        assert!(text.contains(secret), "{secret} is planted in {text}");
        assert!(!masked.as_str().contains(secret), "file:\n{text}\n{masked}");
        assert!(
            !message.as_str().contains(secret),
            "text:\n{text}\n{message}"
        );
    }
    assert_eq!(masked.as_str().len(), text.len());
}

#[test]
fn addresses() {
    for shape in [
        "ENV HTTP_PROXY=http://u:{}@h:3128",
        "ENV HTTP_PROXY=http://u:a@{}@h:3128",
        "ENV HTTP_PROXY http://u:{}@h:3128",
        "ARG HTTPS_PROXY=u:{}@h:3128",
        "ENV X=http:/u:{}@h",
        "ENV X=https//u:{}@h",
        "ENV X=http:u:{}@h",
        "ENV X=http://:{}@h",
        "ENV X=u:'{}'\"q\"@h",
        "ENV X='http://u:{}@h'",
        "ENV X=\"http://u:\"{}\"@h\"",
        "ENV X=http://u:{}/x@h",
        "ENV GOPROXY=https://u:{}@a.example,https://v:q@b.example|direct",
        "ENV X=http://u:\\\n{}@h",
        "ENV X=http://u:{}\\\n@h",
        "ENV X=http://u:{}\\\n  @h",
        "RUN git clone https://u:{}@h/r.git",
        "RUN pip install -i https://u:{}@h/simple x",
        "RUN curl -x u:{}@h:1 http://h",
        "FROM u:{}@h/image",
        "ADD https://u:{}@h/x /x",
        "# http_proxy=http://u:{}@h",
        "ENV X=ftp://u:{}@h; echo",
        "ENV HTTP_PROXY=http://u:{}",
        "ENV HTTP_PROXY=http://http://u:{}",
        "ENV HTTP_PROXY=http://htp://u:{}",
        "ENV HTTP_PROXY=http:/u:{}",
        "ENV HTTP_PROXY=u:{}",
        "ENV HTTP_PROXY=http:u:{}",
    ] {
        assert_hidden(
            FileKind::Dockerfile,
            &shape.replace("{}", PASSWORD),
            &[PASSWORD],
        );
    }
}

#[test]
fn settings_in_dockerfiles() {
    for shape in [
        "ARG DB_PASSWORD={}",
        "ENV DB_PASSWORD={} A=b",
        "ENV A=b DB_PASSWORD=\"{} x\"",
        "ENV DB_PASSWORD {} with blanks",
        "env db_password a {}",
        "ONBUILD ENV DB_PASSWORD {}",
        "ENV DB_PASSWORD=a\\ {}",
        "ENV DB_PASSWORD=a\\\n{}",
        "ENV A=b \\\n    API_KEY={} \\\n    C=d",
        "ENV DB_PASSWORD='a'\"{}\"",
        "ENV DB_PASSWORD=\"a\"'{}'",
        "ENV DB_PASSWORD=\"{}",
        "ENV DB_PASSWORD = {}",
        "ENV DB_PASSWORD=correct {}",
        "ENV DB_PASSWORD=correct horse {} A=b",
        "ENV A=b DB_PASSWORD=${X} {} horse",
        "ENV DB_PASSWORD='it's {}'",
        "ENV DB_PASSWORD=Qx7k\\\n  {}",
        "ENV DB_PASSWORD=Qx7k \\\n# note\n  {}",
        "ENV DB_PASSWORD=Qx7k {}==",
        "ENV HTTP_PROXY=http://u:Qx7k {}@h:3128",
        "LABEL db.password=a {}",
        "ONBUILD LABEL a=b db.password=a {}",
        "LABEL db.password={}",
        "ENV NPM_CONFIG_//r.example/:_authToken={}",
        "RUN export TOKEN='{}' && x",
        "RUN TOKEN={} npm ci",
        "RUN mysql -u root -p{} db",
        "RUN mysql --password={} db",
        "RUN curl -u user:{} http://h",
        "RUN curl --user 'user:{}' http://h",
        "RUN curl -uuser:{} http://h",
        "RUN docker login -u u -p {} r",
        "RUN docker login \\\n -u u \\\n -p {} r",
        "RUN tool --password {}",
        "RUN tool --api-key \"{}\"",
        "RUN sshpass -p {} ssh h",
        "RUN curl -H \"Authorization: Bearer {}1\" http://h",
        "RUN curl -H 'PRIVATE-TOKEN: {}' http://h",
        "RUN echo '//r.example/:_authToken={}' > .npmrc",
        "RUN echo root:{} | chpasswd",
        "RUN echo \"root:{}\" | chpasswd",
        "RUN echo {} | docker login -u u --password-stdin r",
        "RUN npm config set //r.example/:_authToken {}",
        "RUN printf 'machine h login u password {}\\n' > ~/.netrc",
        "RUN echo ${DB_PASSWORD:-{}}",
        "ENV DB_PASSWORD=${X:-{}}",
        "ARG DB_PASSWORD=${X-{}}",
        "CMD [\"redis-server\", \"--requirepass\", \"{}\"]",
        "CMD [\"x\", \"--token={}\"]",
        "RUN curl -d '{\"password\":\"{}\"}' http://h",
        "RUN curl -d \"{\\\"password\\\": \\\"{}\\\"}\" http://h",
        "RUN curl http://h/?access_token={}&x=y",
        "RUN <<EOF\npassword = {}\nEOF",
        "RUN <<EOF\n<password>{}</password>\nEOF",
        "RUN openssl rsa -passin pass:{}",
        "# DB_PASSWORD={}",
        "HEALTHCHECK CMD redis-cli -a {} ping",
        "ENV JAVA_OPTS=\"-Djavax.net.ssl.keyStorePassword={}\"",
    ] {
        assert_hidden(
            FileKind::Dockerfile,
            &shape.replace("{}", PASSWORD),
            &[PASSWORD],
        );
    }
}

#[test]
fn words_behind_a_secret() {
    let masked = |text: &str| door().file(&source(FileKind::Dockerfile, text)).to_string();
    for (text, shown) in [
        ("ARG DB_PASSWORD=a b OTHER=c", "ARG DB_PASSWORD=* * OTHER=c"),
        (
            "ARG NPM_TOKEN=a GITHUB_TOKEN",
            "ARG NPM_TOKEN=* GITHUB_TOKEN",
        ),
        ("DB_PASSWORD=x y\nUSER z", "DB_PASSWORD=* *\nUSER z"),
        ("RUN TOKEN=x npm ci", "RUN TOKEN=* npm ci"),
        (
            "RUN a && \\\n  TOKEN=x npm ci\nRUN b",
            "RUN a && \\\n  TOKEN=* npm ci\nRUN b",
        ),
        (
            "ENV DB_PASSWORD=a \\\n # a note\n B=c\nUSER d",
            "ENV DB_PASSWORD=* \\\n # a note\n B=c\nUSER d",
        ),
        (
            "ENV HTTP_PROXY=http://h:3128 b",
            "ENV HTTP_PROXY=http://h:3128 b",
        ),
        ("ENV A=b c DB_PASSWORD=d", "ENV A=b c DB_PASSWORD=*"),
    ] {
        assert_eq!(masked(text), shown);
    }
    for (text, shown) in [
        ("ARG DB_PASSWORD=a b", "ARG DB_PASSWORD=* *"),
        ("ARG TOKEN is not used", "ARG TOKEN is not used"),
        ("drop `ENV DB_PASSWORD=a`: b", "drop `ENV DB_PASSWORD=*`: b"),
    ] {
        assert_eq!(door().text(text).as_str(), shown);
    }
}

#[test]
fn settings_in_other_files() {
    for (kind, shape) in [
        (
            FileKind::Compose,
            "    environment:\n      DB_PASSWORD: {}\n      A: b",
        ),
        (
            FileKind::Compose,
            "    environment:\n      - DB_PASSWORD={} with blanks",
        ),
        (
            FileKind::Compose,
            "    environment:\n      - \"DB_PASSWORD={} x\"",
        ),
        (FileKind::Compose, "      \"DB_PASSWORD\": \"{}\""),
        (FileKind::Compose, "      DB_PASSWORD: 'a ''{}'"),
        (
            FileKind::Compose,
            "      DB_PASSWORD: |\n        {}\n      A: b",
        ),
        (
            FileKind::Compose,
            "      DB_PASSWORD: >-\n        a\n        {}",
        ),
        (FileKind::Compose, "      DB_PASSWORD:\n        {}"),
        (FileKind::Compose, "      DB_PASSWORD: \"a\n        {}\""),
        (
            FileKind::Compose,
            "    environment: {DB_PASSWORD: {}, A: b}",
        ),
        (FileKind::Compose, "    environment: [\"DB_PASSWORD={}\"]"),
        (FileKind::Compose, "    command: --requirepass {}"),
        (
            FileKind::Compose,
            "    command:\n      - --requirepass\n      - {}",
        ),
        (FileKind::Compose, "      X: ${DB_PASSWORD:-{}}"),
        (FileKind::Compose, "      URL: postgres://u:{}@db/x"),
        (FileKind::Compose, "      DB_PASSWORD: {} # note"),
        (FileKind::Compose, "      DB_PASSWORD: Zz8 #{}"),
        (FileKind::Compose, "      DB_PASSWORD: ${Zz8!{}}"),
        (FileKind::Compose, "      DB_PASSWORD: *{}"),
        (FileKind::Compose, "      DB_PASSWORD: {external:{}}"),
        (FileKind::Unit, "Environment=DB_PASSWORD={}"),
        (FileKind::Unit, "Environment=\"DB_PASSWORD={} x\" A=b"),
        (FileKind::Unit, "Environment=A=b 'DB_PASSWORD={}'"),
        (FileKind::Unit, "Environment=DB_PASSWORD = {}"),
        (FileKind::Unit, "Environment=DB_PASSWORD= {}"),
        (FileKind::Unit, "Environment=DB_PASSWORD {}"),
        (FileKind::Unit, "Environment=A=b \"DB_PASSWORD\" 'x {}'"),
        (FileKind::Unit, "Environment=\"DB_PASSWORD A=b {}\" A=b"),
        (FileKind::Unit, "Environment=DB_PASSWORD a={}"),
        (FileKind::Unit, "Environment=DB_PASSWORD {}== A=b"),
        (FileKind::Unit, "Environment=A=1 \\\n  DB_PASSWORD {}"),
        (FileKind::Unit, "Environment=A=1 \\\n  DB_PASSWORD \\\n {}"),
        (FileKind::Unit, "Environment=DB_PASSWORD= \\\r\n# x\r\n {}"),
        (FileKind::Unit, "Environment \\\n =DB_PASSWORD {}"),
        (FileKind::Unit, "DefaultEnvironment=DB_PASSWORD= {}"),
        (FileKind::Unit, "ManagerEnvironment=DB_PASSWORD {}"),
        (FileKind::Unit, "environment=DB_PASSWORD {}"),
        (
            FileKind::Dockerfile,
            "RUN echo 'Environment=DB_PASSWORD {}' >> x.service",
        ),
        (
            FileKind::Dockerfile,
            "RUN printf '[Service]\\nEnvironment=A=b\\nEnvironment=DB_PASSWORD {}'",
        ),
        (FileKind::Unit, "Environment=HTTP_PROXY=http://u:{}@h"),
        (FileKind::Unit, "Environment=HTTP_PROXY=http://u:\\\n{}@h"),
        (FileKind::Unit, "Environment=\"DB_PASSWORD=a\\\n{}\""),
        (FileKind::Unit, "ExecStart=/usr/bin/x --token {}"),
        (FileKind::Unit, "SetCredential=db:{}"),
        (
            FileKind::DaemonJson,
            "{\"proxies\":{\"http-proxy\":\"http://u:{}@h\"}}",
        ),
        (
            FileKind::DaemonJson,
            "{\"proxies\":{\"http-proxy\":\"u:{}@h\"}}",
        ),
        (
            FileKind::ClientConfig,
            "{\"auths\":{\"r\":{\"auth\":\"{}\"}}}",
        ),
        (
            FileKind::ClientConfig,
            "{\"auths\": {\"r\": {\"identitytoken\" : \"{}\"}}}",
        ),
        (
            FileKind::ClientConfig,
            "{\"auths\":{\"r\":{\"registrytoken\":\n\"{}\"}}}",
        ),
        (
            FileKind::ClientConfig,
            "{\"auths\":{\"r\":{\"username\":\"u\",\"password\":\"{}\"}}}",
        ),
        (FileKind::ClientConfig, "{\"auths\":{\"r\":{\"auth\":\"{}"),
    ] {
        assert_hidden(kind, &shape.replace("{}", PASSWORD), &[PASSWORD]);
    }
}

#[test]
fn shapes_off_the_beaten_track() {
    for (kind, shape) in [
        (FileKind::Dockerfile, "ENV HTTP_PROXY http://u:p@ss{}@h:1"),
        (FileKind::Dockerfile, "ENV HTTP_PROXY=\"http://u:a {}@h:1\""),
        (FileKind::Dockerfile, "ENV HTTP_PROXY='http://u:'\"{}\"'@h'"),
        (FileKind::Dockerfile, "ENV HTTP_PROXY=http://u:{}\\@h"),
        (FileKind::Dockerfile, "ENV HTTP_PROXY=http://u:{}%40h@h"),
        (FileKind::Dockerfile, "ENV HTTP_PROXY=http://{}:@h"),
        (FileKind::Dockerfile, "ARG DB_PASSWORD = {}"),
        (FileKind::Dockerfile, "# escape=`\nENV DB_PASSWORD=a`\n{}"),
        (
            FileKind::Dockerfile,
            "ENV DB_PASSWORD=\"a\\\n# comment\n{}\"",
        ),
        (FileKind::Dockerfile, "ENV DB_PASSWORD \\\n {}"),
        (FileKind::Dockerfile, "ENV \\\n  DB_PASSWORD \\\n {}"),
        (FileKind::Dockerfile, "ENV \"DB_PASSWORD\"={}"),
        (FileKind::Dockerfile, "ENV DB_PASSWORD=$X{}"),
        (FileKind::Dockerfile, "ENV DB_PASSWORD=${X}{}"),
        (FileKind::Dockerfile, "ENV DB_PASSWORD=${X:+{}}"),
        (FileKind::Dockerfile, "ENV DB_PASSWORD=$(echo {})"),
        (FileKind::Dockerfile, "ENV DB_PASSWORD=\u{feff}{}"),
        (FileKind::Dockerfile, "EVN DB_PASSWORD {}"),
        (FileKind::Dockerfile, "RUN export DB_PASSWORD={}; x"),
        (FileKind::Dockerfile, "RUN DB_PASSWORD=\"$(echo '{}')\" x"),
        (
            FileKind::Dockerfile,
            "RUN printf '%s' '{}' | docker login --password-stdin",
        ),
        (
            FileKind::Dockerfile,
            "RUN docker login --username u --password {} r",
        ),
        (
            FileKind::Dockerfile,
            "RUN docker login --username=u --password='{}' r",
        ),
        (FileKind::Dockerfile, "RUN docker login -u=u -p={} r"),
        (FileKind::Dockerfile, "RUN docker login -p{} r"),
        (
            FileKind::Dockerfile,
            "RUN wget --header='Authorization: Basic {}' h",
        ),
        (FileKind::Dockerfile, "RUN wget --header 'X-Api-Key:{}' h"),
        (
            FileKind::Dockerfile,
            "RUN curl -b 'session_token={}; x=y' h",
        ),
        (FileKind::Dockerfile, "RUN curl -F password={} h"),
        (
            FileKind::Dockerfile,
            "RUN curl --data-urlencode \"client_secret={}\" h",
        ),
        (
            FileKind::Dockerfile,
            "RUN git config --global http.extraheader 'AUTHORIZATION: bearer {}'",
        ),
        (
            FileKind::Dockerfile,
            "RUN git config --global url.\"https://{}:x-oauth-basic@github.com/\".insteadOf https://github.com/",
        ),
        (FileKind::Dockerfile, "RUN htpasswd -bc f u {}"),
        (
            FileKind::Dockerfile,
            "RUN echo '[r]\\npassword={}' > ~/.pypirc",
        ),
        (FileKind::Dockerfile, "RUN echo \"_auth = {}\" >> .npmrc"),
        (
            FileKind::Dockerfile,
            "RUN echo 'Acquire::http::Proxy \"http://u:{}@h:1\";' > /etc/apt/apt.conf",
        ),
        (
            FileKind::Dockerfile,
            "RUN psql \"host=db user=u password={} dbname=x\"",
        ),
        (
            FileKind::Dockerfile,
            "RUN psql -c \"CREATE USER u WITH PASSWORD '{}'\"",
        ),
        (
            FileKind::Dockerfile,
            "RUN mysql -e \"CREATE USER u IDENTIFIED BY '{}'\"",
        ),
        (FileKind::Dockerfile, "RUN mysqladmin -u root password '{}'"),
        (FileKind::Dockerfile, "RUN rabbitmqctl add_user u {}"),
        (
            FileKind::Dockerfile,
            "RUN useradd -p $(openssl passwd -1 {}) u",
        ),
        (FileKind::Dockerfile, "RUN openssl req -passout pass:{} x"),
        (FileKind::Dockerfile, "RUN vault login {}"),
        (
            FileKind::Dockerfile,
            "RUN composer config http-basic.repo.example user {}",
        ),
        (FileKind::Dockerfile, "RUN x --password\\\n  {}"),
        (FileKind::Dockerfile, "RUN x --password=\\\n{}"),
        (FileKind::Dockerfile, "CMD x --user u:{}"),
        (
            FileKind::Dockerfile,
            "HEALTHCHECK CMD curl -u admin:{} http://h",
        ),
        (FileKind::Dockerfile, "LABEL a=b \"db.password\"=\"{}\""),
        (
            FileKind::Dockerfile,
            "RUN <<EOF\nuser: a\npassword: a {}\nEOF",
        ),
        (FileKind::Dockerfile, "RUN <<EOF\n  - DB_PASSWORD=a {}\nEOF"),
        (FileKind::Compose, "x: {password: \"a\", token: '{}'}"),
        (FileKind::Compose, "      DB_PASSWORD: !!str {}"),
        (FileKind::Compose, "      DB_PASSWORD: &a {}"),
        (FileKind::Compose, "      DB_PASSWORD: &a\n        {}"),
        (FileKind::Compose, "      DB_PASSWORD: a\n        {}"),
        (FileKind::Compose, "      DB_PASSWORD: |2-\n        {}"),
        (
            FileKind::Compose,
            "      DB_PASSWORD: >+ # c\n\n        {}\n\n        {}",
        ),
        (FileKind::Compose, "      DB_PASSWORD:\t{}"),
        (FileKind::Compose, "      - >-\n        DB_PASSWORD={}"),
        (FileKind::Compose, "      - 'DB_PASSWORD=it''s {}'"),
        (FileKind::Compose, "      \"DB_PASSWORD\":\n        \"{}\""),
        (FileKind::Compose, "      DB_PASSWORD: \"a \\\n        {}\""),
        (
            FileKind::Compose,
            "    command: [\"--requirepass\",\n      \"{}\"]",
        ),
        (FileKind::Compose, "      X: \"http://u:{}@h\""),
        (FileKind::Unit, "Environment=DB_PASSWORD=\\\n{}"),
        (FileKind::Unit, "Environment=\"DB_PASSWORD=\\\n{}\""),
        (FileKind::Unit, "Environment=A=b \\\n  DB_PASSWORD={}"),
        (FileKind::Unit, "Environment=DB_PASSWORD=a\\x20{}"),
        (FileKind::Unit, "ExecStart=/x --password='{}'"),
        (
            FileKind::Unit,
            "Environment=HTTPS_PROXY=http://u:a\\\n  {}@h:1",
        ),
        (
            FileKind::ClientConfig,
            "{\"HttpHeaders\":{\"Authorization\":\"Bearer {}\"}}",
        ),
        (
            FileKind::ClientConfig,
            "{\"auths\":{\"r\":{\"auth\":[\"{}\"]}}}",
        ),
        (FileKind::ClientConfig, "{\"auth\":\"a\\\"{}\"}"),
        (FileKind::ClientConfig, "{'auth':'{}'}"),
        (FileKind::ClientConfig, "{auth:\"{}\"}"),
        (
            FileKind::DaemonJson,
            "{\"log-opts\":{\"splunk-token\":\"{}\"}}",
        ),
        (
            FileKind::DaemonJson,
            "{\"registry-mirrors\":[\"https://u:{}@m\"]}",
        ),
    ] {
        assert_hidden(kind, &shape.replace("{}", PASSWORD), &[PASSWORD]);
    }
    // these are no settings in a message
    for (kind, shape) in [
        (FileKind::Dockerfile, "ARG DB_PASSWORD {}"),
        (FileKind::Dockerfile, "ARG A=b API_TOKEN {}"),
        (FileKind::Compose, "secrets:\n  a:\n    content: {}"),
    ] {
        let file = source(kind, &shape.replace("{}", PASSWORD));
        assert!(!door().file(&file).as_str().contains(PASSWORD), "{shape}");
    }
}

/// What a reader and a new user found in clear.
#[test]
fn secrets_in_lines_that_do_not_parse() {
    for shape in [
        "ENV A=b API_TOKEN {}",
        "ENV A=b \\\n  API_TOKEN {}",
        "ONBUILD ENV A=b API_TOKEN '{}'",
        "LABEL a=b db.password {}",
        "ENV DSN=\"Server=x;Uid=a;Pwd={};\"",
        "ENV DSN=\"Server=x;Uid=a;PWD={}\"",
        "ENV DSN=\"Server=x; Pwd = '{}';\"",
        "ENV PG=\"host=h user=a pwd={} dbname=x\"",
        "RUN echo ${DB_PASSWORD:?{}}",
        "RUN echo ${DB_PASSWORD?{}}",
        "ENV API_TOKEN=${X:?{}}",
        "ENV API_TOKEN=\"${X:?{}}\"",
        "ENV API_TOKEN=${X:-{}}",
        "ENV HTTPS_PROXY=http://a:{}",
        "ENV HTTPS_PROXY=\"http://a:{}/\"",
        "ENV HTTPS_PROXY http://a:{}",
        "RUN composer config github-oauth.github.com {}",
        "RUN composer config -g gitlab-token.gitlab.com {}",
        "RUN cargo login {}",
        "RUN cargo login --registry x {}",
        "RUN gem push --key {} x.gem",
        "RUN nuget sources add -Name n -UserName u -Password {}",
        "RUN nuget.exe setApiKey {}",
        "RUN smbclient //h/s -U a%{} -c ls",
        "RUN subscription-manager register --org=1 --activationkey={}",
        "RUN subscription-manager register --activationkey {}",
        "RUN echo \"machine github.com login u password {}\" > ~/.netrc",
        "RUN echo \"machine github.com login {}1234 password x-oauth-basic\" > ~/.netrc",
        "ADD https://h/x?sv=1&sig={} /x",
        "ADD https://h/x?sig={} /x",
        "ADD https://h/x?X-Amz-Signature={}&a=b /x",
    ] {
        assert_hidden(
            FileKind::Dockerfile,
            &shape.replace("{}", PASSWORD),
            &[PASSWORD],
        );
    }
}

#[test]
fn tokens_in_the_place_of_a_user() {
    let tokens = ["c4a7b1d2e3f4a5b6".repeat(2), "tokenasuser12345".to_owned()];
    for token in &tokens {
        for shape in [
            "RUN git clone https://{}@github.com/a/b",
            "RUN git config --global url.\"https://{}@github.com/\".insteadOf https://github.com/",
            "RUN go env -w GOPROXY=https://{}@goproxy.example,direct",
            "ENV X=git+https://{}@h/a,https://v@b",
        ] {
            assert_hidden(FileKind::Dockerfile, &shape.replace("{}", token), &[token]);
        }
    }
}

#[test]
fn what_stands_beside_a_secret_is_shown() {
    for (kind, shape, rest) in [
        (
            FileKind::Dockerfile,
            "RUN npm config set //r/:_authToken={} && npm ci",
            " && npm ci",
        ),
        (
            FileKind::Dockerfile,
            "RUN npm config set //r/:_authToken {} || npm ci",
            " || npm ci",
        ),
        (
            FileKind::Dockerfile,
            "RUN cargo login && cargo publish {}1",
            "&& cargo publish",
        ),
        (
            FileKind::Compose,
            "services: {a: {build: {context: ., args: {FOO_TOKEN: {}, HTTP_PROXY: \"http://127.0.0.1:1\"}}}}",
            ", HTTP_PROXY: \"http://127.0.0.1:1\"}}}}",
        ),
        (
            FileKind::Compose,
            "x: {A: b, FOO_TOKEN: {}}\ny: z",
            "}\ny: z",
        ),
        (
            FileKind::Unit,
            "Environment=A={} DB_PASSWORD= {} HTTP_PROXY =http://p",
            " HTTP_PROXY =http://p",
        ),
        (
            FileKind::Unit,
            "Environment=DB_PASSWORD {} \"B=a b\" \\\n C=d",
            " \"B=a b\" \\\n C=d",
        ),
        (
            FileKind::Unit,
            "Environment=DB_PASSWORD= \\\n# a remark\n {}\nUser=x",
            "DB_PASSWORD= \\\n# a remark\n ",
        ),
    ] {
        let text = shape.replace("{}", PASSWORD);
        let masked = door().file(&source(kind, &text));
        assert!(masked.as_str().contains(rest), "{text}\n{masked}");
        let hides = !masked.as_str().contains(PASSWORD) || shape.contains("{}1");
        assert!(hides, "{text}\n{masked}");
    }
    for text in [
        "ENV HTTP_PROXY=http://proxy.example:3128/",
        "ENV HTTP_PROXY=http://proxy.example:${PORT:-3128}",
        "ENV HTTP_PROXY=http://[2001:db8::1]:3128",
        "RUN cd $PWD && pwd=$(pwd) docker run -v $PWD:/app x",
        "RUN echo ${DB_PASSWORD:?must be set}",
        "ENV DB_PASSWORD=${X:?required}",
        "RUN git clone https://git@github.com/a/b https://x-access-token@h/c https://oauth2@h/d",
        "ARG A=b API_TOKEN OTHER=c",
        "ADD https://h/npm/package12345@1.2.3 /x",
    ] {
        let masked = door().file(&source(FileKind::Dockerfile, text));
        assert_eq!(masked.as_str(), text);
    }
    // A port in a list or map that ends behind it, and no password that does.
    for (shape, port) in [
        ("args: [HTTP_PROXY=http://proxy.example:{}]", "3128"),
        ("args: [HTTP_PROXY=http://proxy.example:{}, A=b]", "3128"),
        ("{a: {HTTP_PROXY: http://proxy.example:{}}}", "3128"),
        ("{a: [HTTP_PROXY=http://proxy.example:{}], b: c}", "3128"),
    ] {
        let text = shape.replace("{}", port);
        let masked = door().file(&source(FileKind::Compose, &text));
        assert_eq!(masked.as_str(), text);
        assert_hidden(
            FileKind::Compose,
            &shape.replace("{}", PASSWORD),
            &[PASSWORD],
        );
    }
    for secret in ["31]28x", "]3128", "3128}x"] {
        let text = format!("ENV HTTP_PROXY=http://proxy.example:{secret}");
        assert_hidden(FileKind::Dockerfile, &text, &[secret]);
    }
    for text in [
        "Environment=A=secret HTTP_PROXY =http://p.example:3128",
        "Environment=TOKEN_FILE=/x \"B=my token\" NO_PROXY = localhost",
        "Environment=API_TOKEN HTTP_PROXY=http://p.example:3128",
        "Environment=API_TOKEN= \\\nEnvironment=A=b",
        "UnsetEnvironment=API_TOKEN NPM_TOKEN",
    ] {
        let masked = door().file(&source(FileKind::Unit, text));
        assert_eq!(masked.as_str(), text);
    }
    for text in [
        "write `RUN x --token $API_TOKEN`, and not",
        "write `RUN npm config set //r/:_authToken=$API_TOKEN`",
        "`ARG API_TOKEN` in stage `a`, `ENV API_TOKEN` too",
        "the line `LABEL API_TOKEN` has no value",
    ] {
        assert_eq!(door().text(text).as_str(), text);
    }
}

#[test]
fn every_value_of_an_env_file() {
    for kind in [FileKind::Dotenv, FileKind::EnvironmentFile] {
        for shape in [
            "ANYTHING={}",
            "export ANYTHING={}",
            "ANYTHING='{} x'",
            "ANYTHING=\"{}\"",
            "ANYTHING= {}",
            "#ANYTHING={}",
            "A={}",
            "{} no assignment",
            "ANYTHING=\"a\n{}\n\"",
            "HTTP_PROXY=http://{}@h",
            "HTTP_PROXY=http://u:{}@h",
            "ANYTHING=Zz8 #{}",
            "A=b\r\nANYTHING={}\r\n",
            "ANYTHING='{}",
        ] {
            let text = shape.replace("{}", PASSWORD);
            let masked = door().file(&source(kind, &text));
            assert!(!masked.as_str().contains(PASSWORD), "{text}\n{masked}");
        }
        let plain = "HTTP_PROXY=http://proxy.example:3128\nNO_PROXY=localhost,.example\nGOPROXY=https://m.example,direct\nDEBUG=true\nA=${B}\n";
        assert_eq!(door().file(&source(kind, plain)).as_str(), plain);
    }
    let door = door();
    assert_eq!(
        door.value_in(FileKind::Dotenv, "ANYTHING", "12345678901", Vec::new())
            .as_str(),
        "********"
    );
    assert_eq!(
        door.value_in(FileKind::Dotenv, "NO_PROXY", "a,b", Vec::new())
            .as_str(),
        "a,b"
    );
    assert_eq!(
        door.value_in(FileKind::Compose, "ANYTHING", "abc", Vec::new())
            .as_str(),
        "abc"
    );
}

#[test]
fn tokens_keep_their_public_prefix() {
    let body = "Synth3ticDocklintSynth3ticDocklint00";
    for prefix in [
        "ghp_",
        "npm_",
        "glpat-",
        "dckr_pat_",
        "xoxb-1111111-2222222-",
        "sk_live_",
    ] {
        let token = [prefix, body].concat();
        for shape in [
            "RUN echo {}",
            "LABEL x=\"{}\"",
            "ENV A={} B=c",
            "# see {}.",
            "ENV NPM_TOKEN={}",
        ] {
            assert_hidden(FileKind::Dockerfile, &shape.replace("{}", &token), &[body]);
        }
    }
    let token = ["glpat-", body].concat();
    let line = format!("ENV CI_TOKEN={token}");
    assert_eq!(door().text(&line).as_str(), "ENV CI_TOKEN=glpat-********");
    assert_eq!(door().value("CI_TOKEN", &token).as_str(), "glpat-********");
    assert_eq!(door().value("NOTE", &token).as_str(), "glpat-********");
}

#[test]
fn private_keys_over_lines() {
    let begin = ["-----BEGIN OPENSSH", "PRIVATE KEY-----"].join(" ");
    let lines = ["U3ludGhldGljRG9ja2xpbnQ", "RG9ja2xpbnRTeW50aGV0aWM"];
    for (kind, text) in [
        (
            FileKind::Dockerfile,
            format!(
                "RUN <<EOF\n{begin}\n{}\n{}\n-----END OPENSSH\nEOF",
                lines[0], lines[1]
            ),
        ),
        (
            FileKind::Dockerfile,
            format!("RUN echo \"{begin}\\n{}\\n{}\" > k", lines[0], lines[1]),
        ),
        (
            FileKind::Compose,
            format!(
                "  x: |\n    {begin}\n    {}\n    {}\n  y: z",
                lines[0], lines[1]
            ),
        ),
        (
            FileKind::DaemonJson,
            format!(
                "{{\"k\":\"{begin}\\n{}\\n{}\\n-----END\"}}",
                lines[0], lines[1]
            ),
        ),
    ] {
        assert_hidden(kind, &text, &lines);
    }
}

#[test]
fn what_is_no_secret_stays_readable() {
    for text in [
        "FROM alpine:3.19@sha256:0123456789abcdef AS build",
        "RUN --mount=type=secret,id=npm_token,env=NPM_TOKEN npm ci",
        "RUN TOKEN=$(cat /run/secrets/npm) npm ci",
        "ARG NPM_TOKEN GITHUB_TOKEN OTHER=x",
        "ARG NPM_TOKEN\nENV NPM_TOKEN=${NPM_TOKEN}",
        "ENV GOPROXY=https://goproxy.example,direct",
        "secrets:\n  db_password:\n    file: ./db_password.txt\n",
        "services:\n  a:\n    secrets:\n      - db_password\n    build:\n      secrets: [npm_token]\n",
        "    volumes:\n      - ./secrets:/run/secrets:ro\n",
        "RUN apt-get install -y --no-install-recommends ca-certificates && mkdir -p /app",
        "ENV MYSQL_ALLOW_EMPTY_PASSWORD=yes TOKEN_COOKIE_NAME=session",
        "the secret `NPM_TOKEN` reaches the image: write `RUN --mount=type=secret,id=npm_token`",
        "RUN git clone git@github.example:team/app.git",
        "RUN docker run -u 1000:1000 -p 80:80 x",
        "LABEL maintainer=\"Someone <someone@example.org>\"",
        "ADD https://example.org:8443/x/y.tar /",
        "    image: registry.example:5000/team/app:1.2\n    ports: [\"80:80\"]\n",
        "DB_PASSWORD_FILE: /run/secrets/db",
        "    DB_PASSWORD: ${DB_PASSWORD} #note\n    API_TOKEN: ${API_TOKEN:?} # note",
        "    DB_PASSWORD: ${db.password}\n    API_TOKEN: ${{ secrets.API_TOKEN }}",
        "ENV HTTP_PROXY=http://http://proxy.example:3128 HTTPS_PROXY=proxy.example:3128",
        "ENV HTTP_PROXY=http:/proxy.example:3128 HTTPS_PROXY=proxy.example:PORT FTP_PROXY=2001:db8::1",
    ] {
        assert_eq!(door().text(text).as_str(), text);
        assert_eq!(
            door().file(&source(FileKind::Dockerfile, text)).as_str(),
            text
        );
        assert_eq!(door().file(&source(FileKind::Compose, text)).as_str(), text);
    }
}

#[test]
fn messages_and_values() {
    assert_eq!(door().value("DB_PASSWORD", PASSWORD).as_str(), "********");
    assert_eq!(
        door().value("HTTP_PROXY", "u:p w@h:1").as_str(),
        "u:***@h:1"
    );
    assert_eq!(
        door().value("HTTP_PROXY", "http://u:secret@h").as_str(),
        "http://u:******@h"
    );
    assert_eq!(
        door().value("DB_PASSWORD", "${DB_PASSWORD}").as_str(),
        "${DB_PASSWORD}"
    );
    let message = format!("`DB_PASSWORD={PASSWORD}` is kept in the image");
    assert_eq!(
        door().text(&message).as_str(),
        "`DB_PASSWORD=********` is kept in the image"
    );
    let file = source(FileKind::Dotenv, &format!("ANYTHING={PASSWORD}\n"));
    let door = door();
    let mask = door.mask(&file);
    let told = {
        let text = format!("`{PASSWORD}` is used");
        let quoted = Quotes::new(mask.secrets(file.text())).find(&text);
        door.text_with(&text, quoted)
    };
    assert_eq!(told.as_str(), "`********` is used");
    for (written, said) in [
        ("*Horse7Battery9", "unknown anchor 'Horse7Battery9'"),
        ("\"Zz8\"Qx7Horse", "in \"Zz8\"Qx7Horse\""),
        ("\"a\"Qx7 Zz8\"", "in \"Qx7 Zz8\"\""),
    ] {
        let quoted = Quotes::new([written]).find(said);
        let shown = door.text_with(said, quoted);
        assert!(!shown.as_str().contains("Zz8"), "{shown}");
        assert!(!shown.as_str().contains("Horse"), "{shown}");
    }
    let file = source(
        FileKind::Compose,
        "secrets:\n  npm_token: {external: true}\n  db_password: {file: ./p}\n",
    );
    assert_eq!(door.file(&file).as_str(), file.text());
    let text = "rules = { secret-in-arg = \"warn\" }\nsecret-x = \"Synth3tic\"\n";
    let shown = door.file(&source(FileKind::Configuration, text));
    assert_eq!(shown.as_str(), text.replace("Synth3tic", "*********"));
}

#[test]
fn masks_know_what_they_touch() {
    let file = source(FileKind::Dockerfile, "ENV TOKEN=abcdef X=y");
    let mask = door().mask(&file);
    assert_eq!(mask.spans().collect::<Vec<_>>(), [Span::new(10, 16)]);
    assert!(
        mask.touches(Span::new(0, 11))
            && mask.touches(Span::new(15, 18))
            && mask.touches(Span::at(12))
    );
    assert!(
        !mask.touches(Span::new(0, 10))
            && !mask.touches(Span::new(16, 20))
            && !mask.touches(Span::at(10))
    );
    let names = Names {
        secret: vec![docklint::secrets::Pattern::Exact("X".into())],
        ..Names::default()
    };
    assert!(Door::new(&names).mask(&file).touches(Span::new(19, 20)));
}

const KINDS: [FileKind; 7] = [
    FileKind::Dockerfile,
    FileKind::Compose,
    FileKind::Dotenv,
    FileKind::Unit,
    FileKind::EnvironmentFile,
    FileKind::DaemonJson,
    FileKind::ClientConfig,
];

/// Shapes whose secret is hidden whatever stands on the lines around them.
const SETTLED: [&str; 12] = [
    "ENV HTTP_PROXY=http://u:{}@h:3128",
    "DB_PASSWORD={}",
    "  DB_PASSWORD: {}",
    "  - DB_PASSWORD={}",
    "\"password\": \"{}\",",
    "Environment=\"DB_PASSWORD={}\"",
    "RUN curl -u user:{} http://h",
    "RUN tool --token {}",
    "RUN x && docker login -p {} r",
    "ENV DB_PASSWORD {}",
    "RUN curl -H 'Authorization: Bearer {}1'",
    "export TOKEN='{}'",
];

/// Text of the pieces that detectors react to.
fn tricky() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "PASSWORD",
        "token",
        "API_KEY",
        "auth",
        "=",
        ": ",
        ":",
        "\"",
        "'",
        "\\",
        "`",
        "\n",
        "\r\n",
        " ",
        "  ",
        "@",
        "://",
        "http",
        "u",
        "x",
        "é",
        "€",
        "\u{1a}",
        "$",
        "${",
        "}",
        "$(",
        ")",
        "{",
        "[",
        "]",
        ",",
        "-",
        "--",
        "-p ",
        "login ",
        "echo ",
        "| chpasswd",
        "#",
        " #",
        "<",
        ">",
        "|",
        "*",
        "ENV ",
        "Bearer ",
        "-----BEGIN RSA PRIVATE KEY-----",
        "-----END",
        "ghp_",
        "eyJ",
        "AAAAAAAAAAAAAAAAAAAA1234",
        "set ",
        "?",
        "&",
        "/run/",
        "{{",
        "}}",
        ";",
        "machine h login u password ",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn masking_keeps_the_layout(text in tricky(), kind in prop::sample::select(KINDS.to_vec())) {
        let file = source(kind, &text);
        let masked = door().file(&file);
        prop_assert_eq!(masked.as_str().len(), text.len());
        let breaks = |text: &str| text.match_indices('\n').map(|(at, _)| at).collect::<Vec<_>>();
        prop_assert_eq!(breaks(masked.as_str()), breaks(&text));
        for (at, _) in text.char_indices() {
            prop_assert!(masked.as_str().is_char_boundary(at));
        }
        // What is masked stays so, though a mask may make its neighbours look like secrets.
        let again = door().file(&source(kind, masked.as_str()));
        let pairs = again.as_str().bytes().zip(masked.as_str().bytes());
        for (again, masked) in pairs {
            prop_assert!(again == masked || again == b'*');
        }
    }

    #[test]
    fn neighbours_uncover_nothing(
        before in tricky(),
        after in tricky(),
        shape in prop::sample::select(SETTLED.to_vec()),
        kind in prop::sample::select(KINDS.to_vec()),
    ) {
        let planted = shape.replace("{}", PASSWORD);
        let text = format!("{before}\n{planted}\n{after}");
        let masked = door().file(&source(kind, &text));
        prop_assert!(!masked.as_str().contains(PASSWORD), "{}\n{}", text, masked);
        prop_assert!(!door().text(&text).as_str().contains(PASSWORD), "{}", text);
    }

    #[test]
    fn messages_never_panic(text in any::<String>(), tricky in tricky()) {
        door().text(&text);
        door().text(&tricky);
        door().value(&tricky, &text);
        door().value("HTTP_PROXY", &tricky);
    }
}
