//! What the rules about secrets say of small Dockerfiles and projects, and what they leave alone.

use docklint::check::{Options, check};
use docklint::finding::{Finding, Severity};
use docklint::source::{FileId, FileKind, SourceFile};

/// The findings of the rules about secrets in `files`.
fn findings(files: &[(&str, &str)]) -> Vec<Finding> {
    let mut findings = all_findings(files);
    findings.retain(|finding| {
        finding.rule.starts_with("secret") || finding.rule.contains("credential")
    });
    findings
}

fn all_findings(files: &[(&str, &str)]) -> Vec<Finding> {
    let sources = files.iter().zip(0..).map(|((path, text), id)| {
        let kind = match FileKind::from_path(path) {
            Some(kind) => kind,
            None => FileKind::Dockerignore,
        };
        SourceFile::new(
            FileId(id),
            (*path).to_owned(),
            kind,
            text.as_bytes().to_vec(),
        )
        .located(format!("/project/{path}"))
    });
    let mut options = Options::default();
    options.request.root = "/project".to_owned();
    check(sources.collect(), &options).findings
}

/// `rule severity line` for each finding.
fn told(files: &[(&str, &str)]) -> Vec<String> {
    let texts: Vec<&str> = files.iter().map(|(_, text)| *text).collect();
    findings(files)
        .iter()
        .map(|finding| {
            let at = finding.primary().expect("a place");
            let text = texts[at.file.0 as usize];
            let line = text[..at.span.start as usize].matches('\n').count() + 1;
            let severity = match finding.severity {
                Severity::Error => 'E',
                Severity::Warning => 'W',
                Severity::Info => 'I',
            };
            format!("{} {severity} {line}", finding.rule)
        })
        .collect()
}

#[track_caller]
fn dockerfile(text: &str, expected: &[&str]) {
    let text = format!("FROM alpine:3.22\n{text}\n");
    assert_eq!(told(&[("Dockerfile", &text)]), expected, "{text}");
}

const ARG: &str = "secret-in-arg W 2";

#[test]
fn what_a_command_leaves_in_the_layer() {
    for run in [
        "echo \"$API_TOKEN\" > /root/.token",
        "printf '%s' \"$API_TOKEN\" | base64 -d | tee -a /etc/key",
        "{ echo a; echo $API_TOKEN; } >> /etc/conf",
        "cat > /etc/conf <<< $API_TOKEN",
        "sed -i \"s/@token@/$API_TOKEN/\" /etc/conf",
        "sh -c \"echo $API_TOKEN > /etc/conf\"",
        "git clone https://x:$API_TOKEN@git.example/a/b.git",
        "git config --global url.\"https://$API_TOKEN@git.example/\".insteadOf https://git.example/",
        "npm config set //registry.example/:_authToken $API_TOKEN",
        "go env -w GOPROXY=https://x:$API_TOKEN@goproxy.example && go get -u ./...",
        "go env -w GOPROXY=https://x:$API_TOKEN@goproxy.example && go mod download && go env -u GOFLAGS",
        "git -C \"$SRC\" remote add o https://x:$API_TOKEN@git.example/a",
        "echo $API_TOKEN | docker login -u me --password-stdin r.example",
        "echo $API_TOKEN | ./install.sh",
        "--mount=type=cache,target=/root/.npm echo $API_TOKEN > /root/.npmrc",
        "echo $API_TOKEN | tee /dev/null /root/.npmrc",
        "echo $API_TOKEN | tee /root/.npmrc > /dev/null",
        "echo $API_TOKEN | tee /dev/stderr | tee -a /root/.npmrc",
    ] {
        dockerfile(
            &format!("ARG API_TOKEN\nRUN {run}"),
            &[ARG, "secret-in-run W 3"],
        );
    }
    dockerfile(
        "ARG API_TOKEN\nRUN cat <<EOF > /etc/conf\ntoken=$API_TOKEN\nEOF",
        &[ARG, "secret-in-run W 4"],
    );
}

#[test]
fn what_a_command_leaves_nowhere() {
    for run in [
        "curl -H \"Authorization: $API_TOKEN\" https://h.example > /app/data",
        "echo \"$API_TOKEN\" > .npmrc && npm ci && rm -f .npmrc",
        "echo \"$API_TOKEN\" > /root/.ssh/id && git fetch && rm -rf /root/.ssh",
        "echo \"$API_TOKEN\" > /dev/stderr",
        "echo $API_TOKEN | sha256sum > /sum",
        "git clone https://x:$API_TOKEN@git.example/a/b.git && rm -rf b/.git",
        "git clone https://x:$API_TOKEN@git.example/a/b.git src && rm -rf src",
        "git config --global http.extraHeader \"$API_TOKEN\" && git fetch && git config --global --unset http.extraHeader",
        "npm config set '//registry.example/:_authToken' '${API_TOKEN}'",
        "go env -w GOPROXY=https://x:$API_TOKEN@goproxy.example && go mod download && go env -u GOPROXY",
        "go env -w GOPROXY=https://x:$API_TOKEN@goproxy.example && go mod download && rm -r ~/.config/go",
        "go env GOPROXY=$API_TOKEN",
        "bundle exec rake config TOKEN=$API_TOKEN",
        "git commit -m remote add $API_TOKEN",
        "if [ -n \"$API_TOKEN\" ]; then make; fi",
        "--mount=type=tmpfs,target=/secret echo $API_TOKEN > /secret/x",
        "--mount=type=tmpfs,target=/secret/ echo $API_TOKEN | tee /dev/null /secret/x",
    ] {
        dockerfile(&format!("ARG API_TOKEN\nRUN {run}"), &[ARG]);
    }
    dockerfile("RUN echo $API_TOKEN > /root/.token", &[]);
}

#[test]
fn what_is_mounted_and_left_in_the_layer() {
    for run in [
        "id=t,env=API_TOKEN echo $API_TOKEN > /root/.token",
        "id=t,env=API_TOKEN git clone https://x:$API_TOKEN@git.example/a/b.git",
        "id=t_token git clone https://x:$(cat /run/secrets/t_token)@git.example/a/b.git",
        "id=t_token T=$(cat /run/secrets/t_token) && git clone https://x:$T@git.example/a/b.git",
        "id=t_token git remote add o \"https://$(cat /run/secrets/t_token)@git.example/a.git\"",
        "id=npmrc cp /run/secrets/npmrc /root/.npmrc && npm ci",
        "id=npmrc,target=/n cat /n > .npmrc && npm ci",
        "id=r_password cat /run/secrets/r_password | docker login --password-stdin r.example",
        "id=r_password docker login --password-stdin r.example < /run/secrets/r_password",
    ] {
        let text = format!("RUN --mount=type=secret,{run}");
        dockerfile(&text, &["secret-in-run W 2"]);
    }
    for run in [
        "id=npmrc cp /run/secrets/npmrc .npmrc && npm ci && rm -f .npmrc",
        "id=npmrc ln -s /run/secrets/npmrc /root/.npmrc && npm ci",
        "id=ca.crt cp /run/secrets/ca.crt /usr/local/share/ca-certificates/",
        "id=t,env=API_TOKEN curl -H \"Authorization: $API_TOKEN\" https://h.example > /data",
        "id=t,env=API_TOKEN echo $API_TOKEN | ./login.sh",
        "id=t_token echo \"$(cat /run/secrets/t_token | sha256sum)\" > /sum",
        "id=t,env=API_TOKEN git clone https://$API_TOKEN@h.example/a /a && cd /a && git remote remove origin",
        "id=t,env=API_TOKEN git clone https://$API_TOKEN@h.example/a /a && rm -rf /a/.git",
        "id=t,env=API_TOKEN git clone https://$API_TOKEN@h.example/a /tmp/a && rm -rf /tmp/a",
        "id=t,env=API_TOKEN --mount=type=tmpfs,target=/a git clone https://$API_TOKEN@h.example/a /a",
        "id=t,env=API_TOKEN git clone https://$API_TOKEN@h.example/a && rm -rf a",
    ] {
        dockerfile(&format!("RUN --mount=type=secret,{run}"), &[]);
    }
}

/// What the help of a finding tells to write.
fn told_instead(text: &str) -> Vec<String> {
    let text = format!("FROM alpine:3.22\n{text}\n");
    let found = findings(&[("Dockerfile", &text)]).into_iter();
    let helps = found.filter_map(|it| Some(format!("{} {}", it.rule, it.help?)));
    helps
        .map(|help| {
            help.split('`')
                .find(|it| it.starts_with("RUN "))
                .unwrap_or(&help)
                .to_owned()
        })
        .collect()
}

#[test]
fn what_is_told_instead_leaves_nothing_in_the_layer() {
    let literal = "SyntheticPw9q";
    for (run, instead) in [
        (
            "git clone https://x:$API_TOKEN@git.example/a/b.git /a && cd /a",
            "git -c url.\"https://x:$API_TOKEN@git.example/\".insteadOf=https://git.example/ clone https://git.example/a/b.git /a",
        ),
        (
            "git remote set-url origin https://$API_TOKEN@git.example/a",
            "git remote set-url origin https://git.example/a && git -c url.\"https://$API_TOKEN@git.example/\".insteadOf=https://git.example/ fetch origin",
        ),
        (
            "git config --global url.\"https://$API_TOKEN@git.example/\".insteadOf https://git.example/ && go mod download",
            "export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=url.\"https://$API_TOKEN@git.example/\".insteadOf GIT_CONFIG_VALUE_0=https://git.example/ && go mod download",
        ),
        (
            "npm config set //r.example/:_authToken=$API_TOKEN && npm ci",
            "npm config set '//r.example/:_authToken' '${API_TOKEN}' && npm ci",
        ),
        (
            "pip config set global.index-url https://u:$API_TOKEN@h.example/simple && pip install x",
            "export PIP_INDEX_URL=https://u:$API_TOKEN@h.example/simple && pip install x",
        ),
        (
            "go env -w GOPRIVATE=h.example GOPROXY=https://u:$API_TOKEN@h.example && go mod download",
            "export GOPRIVATE=h.example GOPROXY=https://u:$API_TOKEN@h.example && go mod download",
        ),
        (
            "echo $API_TOKEN | docker login -u me --password-stdin r.example && make push",
            "echo $API_TOKEN | docker login -u me --password-stdin r.example && make push && docker logout",
        ),
    ] {
        let told = told_instead(&format!("ARG API_TOKEN\nRUN {run}"));
        let mounted = format!("RUN --mount=type=secret,id=api_token,env=API_TOKEN {instead}");
        assert_eq!(told, [mounted.as_str(), &mounted], "{run}");
        dockerfile(&mounted, &[]);
        let mounted = format!("RUN --mount=type=secret,id=t,env=API_TOKEN {run}");
        let told = told_instead(&mounted);
        assert!(told[0].ends_with(instead), "{told:?}");
        dockerfile(&told[0], &[]);
        if run.contains("@") {
            let written = run.replace("$API_TOKEN", &format!("x:{literal}"));
            let told = told_instead(&format!("RUN {written}"));
            dockerfile(&told[0], &[]);
        }
    }
    for (run, instead) in [
        (
            "echo \"machine h login u password $API_TOKEN\" > ~/.netrc && go mod download",
            "RUN --mount=type=secret,id=netrc,target=/root/.netrc go mod download",
        ),
        (
            "echo \"$API_TOKEN\" > /root/.ssh/id_rsa\nRUN go mod download",
            "RUN --mount=type=secret,id=api_token,target=/root/.ssh/id_rsa go mod download",
        ),
        (
            "printf '//r.example/:_authToken=%s' $API_TOKEN > .npmrc\nRUN npm ci",
            "RUN --mount=type=secret,id=npmrc,target=/.npmrc npm ci",
        ),
    ] {
        let told = told_instead(&format!("ARG API_TOKEN\nRUN {run}"));
        assert_eq!(told, [instead, instead], "{run}");
    }
}

/// What joins commands is no text in one of them; whose home it is, is not guessed; a mount's id is
/// what the model says.
#[test]
fn what_is_told_instead_is_made_of_whole_commands() {
    for (text, instead) in [
        (
            "ARG API_TOKEN\nRUN echo $API_TOKEN | docker login -u \"a && b\" --password-stdin && ./x.sh",
            "RUN --mount=type=secret,id=api_token,env=API_TOKEN echo $API_TOKEN | docker login -u \"a && b\" --password-stdin && ./x.sh && docker logout",
        ),
        (
            "ARG API_TOKEN\nRUN docker login -p $API_TOKEN -u \"a && b\" && ./x.sh",
            "RUN --mount=type=secret,id=api_token,env=API_TOKEN docker login -p $API_TOKEN -u \"a && b\" && ./x.sh && docker logout",
        ),
        (
            "USER node\nARG API_TOKEN\nRUN echo \"x $API_TOKEN\" > ~/.npmrc && npm ci",
            "RUN --mount=type=secret,id=npmrc,target=…/.npmrc,mode=0444 npm ci",
        ),
        (
            "USER 0:0\nARG API_TOKEN\nRUN echo \"x $API_TOKEN\" > ~/.npmrc && npm ci",
            "RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci",
        ),
        (
            "RUN --mount=id=n-token,type=secret cp /run/secrets/n-token /root/.npmrc && npm ci",
            "RUN --mount=type=secret,id=n-token,target=/root/.npmrc npm ci",
        ),
    ] {
        let told = told_instead(text);
        assert!(
            !told.is_empty() && told.iter().all(|it| it == instead),
            "{told:#?}\n{instead}"
        );
    }
}

/// What the RUN does behind the command is told with it, whatever joins them; nothing of another RUN
/// is, and nothing that cannot be taken apart.
#[test]
fn what_is_told_instead_takes_in_what_follows() {
    let go = "go env -w GOPROXY=https://x:$API_TOKEN@h.example";
    let export = "export GOPROXY=https://x:$API_TOKEN@h.example";
    let login = "docker login -p $API_TOKEN";
    for (run, instead) in [
        (
            format!("{go}; go build ./..."),
            format!("{export} && go build ./..."),
        ),
        (
            format!("set -e; {go} \\\n  ; go get \\\n x; go build"),
            format!("{export} && go get x; go build"),
        ),
        (
            "aws configure set k $API_TOKEN; aws s3 cp s3://a b".to_owned(),
            "aws configure set k $API_TOKEN && aws s3 cp s3://a b && rm -f ~/.aws/credentials"
                .to_owned(),
        ),
        (
            format!("<<EOF\n{go}\ngo build\nEOF"),
            format!("{export} && go build"),
        ),
        (
            format!("<<EOF\n{go}\nif x; then\n go build\nfi\nEOF"),
            format!("{export} && …"),
        ),
        (
            format!("<<EOF\n{go}\nEOF"),
            format!("{export} && apt-get update"),
        ),
        (
            format!("{login} 2>&1 >/dev/null || exit 1; make"),
            format!("{login} 2>&1 >/dev/null && … && docker logout"),
        ),
        (
            format!("if {go}; then go build; fi"),
            format!("{export} && …"),
        ),
        (format!("({go}) && go build"), format!("{export} && …")),
        (
            format!("{login} | tee \"a;b\" | cat; make"),
            format!("{login} | tee \"a;b\" | cat && make && docker logout"),
        ),
        (
            "git -C /src remote add -t main origin https://x:$API_TOKEN@h.example/a".to_owned(),
            "git -C /src remote add -t main origin https://h.example/a && git -C /src -c url.\"https://x:$API_TOKEN@h.example/\".insteadOf=https://h.example/ fetch origin".to_owned(),
        ),
        (
            "pnpm set //h.example/:_authToken $API_TOKEN && pnpm i".to_owned(),
            "pnpm set //h.example/:_authToken '${API_TOKEN}' && pnpm i".to_owned(),
        ),
        (
            "bundler config h.example u:$API_TOKEN && bundler install".to_owned(),
            "bundler config h.example u:$API_TOKEN && bundler install && bundler config unset …"
                .to_owned(),
        ),
    ] {
        let text = format!("ARG API_TOKEN\nRUN {run}\nRUN apt-get update");
        let instead = format!("RUN --mount=type=secret,id=api_token,env=API_TOKEN {instead}");
        assert_eq!(told_instead(&text).last(), Some(&instead), "{run}");
    }
}

/// An ARG would put the secret into the history.
#[test]
fn no_fix_declares_a_secret() {
    let text = "ARG API_TOKEN\nFROM alpine:3.22 AS a\nFROM a\nRUN echo $API_TOKEN\n";
    let all = all_findings(&[("Dockerfile", text)]);
    let mut lost = all.iter().filter(|it| it.rule == "arg-out-of-scope");
    let help = lost.next().and_then(|it| it.help.as_deref());
    assert!(
        help.is_some_and(|help| help.contains("type=secret")),
        "{help:?}"
    );
    assert!(all.iter().all(|it| it.fixes.is_empty()));
}

#[test]
fn secrets_that_commands_are_told() {
    let literal = "SyntheticPw9q";
    for run in [
        "composer config github-oauth.github.com {}",
        "composer config --global gitlab-token.gitlab.example {}",
        "cargo login {}",
        "cargo login --registry mine {}",
        "nuget sources add -Name n -UserName u -Password {}",
        "nuget setApiKey {}",
        "smbclient //h/s -U a%{} -c ls",
    ] {
        let run = run.replace("{}", literal);
        dockerfile(&format!("RUN {run}"), &["secret-in-run E 2"]);
    }
    dockerfile(
        &format!("RUN subscription-manager register --org=1 --activationkey={literal}"),
        &["secret-in-run W 2"],
    );
    for run in [
        "cargo login && cargo publish",
        "cargo login --registry mine9registry",
        "composer config github-oauth.github.com && composer install",
        "composer config github-oauth.github.com $T",
        "smbclient //h/s -U guest -N",
        "gem push --key my9key x.gem",
    ] {
        dockerfile(&format!("RUN {run}"), &[]);
    }
}

#[test]
fn what_stands_in_a_command() {
    dockerfile(
        "RUN curl -u deploy:SyntheticPw9q https://h.example",
        &["secret-in-run E 2"],
    );
    dockerfile(
        "RUN git clone https://me:SyntheticPw9q@git.example/a",
        &["secret-in-run E 2"],
    );
    dockerfile(
        "RUN http_proxy=http://me:SyntheticPw9q@proxy.example:3128 wget http://h.example",
        &["proxy-credentials E 2"],
    );
    dockerfile("RUN make # curl -u deploy:SyntheticPw9q", &[]);
    dockerfile("RUN find /etc/mysql/ -name x -print0", &[]);
}

#[test]
fn a_variable_that_the_shell_leaves_alone_is_no_secret() {
    for run in [
        "echo \"//registry.example/:_authToken=\\${NPM_TOKEN}\" > .npmrc",
        "printf \"password: \\$DB_PASSWORD\" > /etc/app.conf",
        "curl -u \"bob:\\${PASSWORD}\" https://h.example",
    ] {
        dockerfile(&format!("RUN {run}"), &[]);
    }
}

#[test]
fn environment_is_judged_as_the_build_resolves_it() {
    dockerfile("ARG T=/run/keys/t\nENV API_TOKEN=$T", &[]);
    dockerfile("ARG T\nENV API_TOKEN=$T", &["secret-in-env E 3"]);
    dockerfile(
        "ARG API_TOKEN\nENV OTHER=$API_TOKEN",
        &["secret-in-env E 3"],
    );
    dockerfile("ENV API_TOKEN=$UNDECLARED", &[]);
    dockerfile(
        "ARG DB_PASSWORD=postgres\nENV DB_PASSWORD=$DB_PASSWORD",
        &["secret-in-env I 3"],
    );
    dockerfile(
        "ENV RESET_OS_PASSWORD=reset.sh GPG_KEY=0D96DF4D4110E5C43FBFB17F2D347EA6AA65421D",
        &[],
    );
    dockerfile("ENV DB_PASSWORD=", &[]);
}

#[test]
fn a_stage_that_is_not_shipped() {
    let text = "FROM alpine:3.22 AS build\nARG API_TOKEN\nENV API_TOKEN=$API_TOKEN\n\
                RUN echo $API_TOKEN > /t\nCOPY .netrc /\nFROM alpine:3.22\nCOPY --from=build /app /\n";
    assert_eq!(told(&[("Dockerfile", text)]), [ARG]);
}

#[test]
fn one_story_for_all_services_and_stages() {
    let compose = "services:\n  a:\n    build: {context: ., args: {API_TOKEN: }}\n  b:\n    build:\n      context: .\n      target: two\n      args: [API_TOKEN=d0ck11nt5ynth3t1c]\n";
    let text = "ARG API_TOKEN\nFROM alpine:3.22 AS one\nARG API_TOKEN\nFROM one AS two\nARG API_TOKEN\nENV API_TOKEN=$API_TOKEN\n";
    let found = findings(&[("Dockerfile", text), ("compose.yml", compose)]);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(
        (found[0].rule, found[0].severity),
        ("secret-in-env", Severity::Error)
    );
    let files: Vec<u32> = found[0]
        .labels
        .iter()
        .map(|label| label.location.file.0)
        .collect();
    assert!(files.contains(&0) && files.contains(&1), "{files:?}");
}

#[test]
fn an_argument_that_nothing_declares() {
    let compose = "services:\n  a:\n    build:\n      context: .\n      args:\n        API_KEY: d0ck11nt5ynth3t1c\n        DB_PASSWORD:\n";
    let files = [
        ("Dockerfile", "FROM alpine:3.22\n"),
        ("compose.yml", compose),
    ];
    assert_eq!(told(&files), ["secret-in-arg E 6"]);
    let remote = compose.replace("context: .", "context: https://git.example/a.git");
    assert_eq!(
        told(&[("compose.yml", &remote)]),
        ["secret-in-arg E 6", "secret-in-arg W 7"]
    );
}

#[test]
fn files_of_credentials() {
    let text = "FROM alpine:3.22\nCOPY keys/id_rsa .netrc /root/\n";
    let copied = ["secret-copied W 2", "secret-copied W 2"];
    assert_eq!(told(&[("Dockerfile", text)]), copied);
    for ignore in ["**/id_rsa\n.netrc\n", "*\n!src\n"] {
        let files = [("Dockerfile", text), (".dockerignore", ignore)];
        assert_eq!(told(&files), [""; 0], "{ignore}");
    }
    let env = "FROM alpine:3.22\nCOPY .env /app/\n";
    let harmless = "LOG=debug\nDB_PASSWORD=${DB_PASSWORD}\n";
    assert_eq!(told(&[("Dockerfile", env), (".env", harmless)]), [""; 0]);
    let secret = "DB_PASSWORD=SyntheticPw9q\n";
    assert_eq!(
        told(&[("Dockerfile", env), (".env", secret)]),
        ["secret-copied W 2"]
    );
}

#[test]
fn what_a_command_takes_as_a_secret_is_one() {
    let literal = ["Zx9Qw3", "rtyU10p"].concat();
    for run in [
        "curl -u bob:$PW https://h.example/x",
        "curl https://bob:${PW}@h.example/x",
        "curl -H \"Authorization: $PW\" https://h.example/x",
        "mysql -uroot -p$PW < a.sql",
        "mysql -uroot -p\"$PW\" < a.sql",
        "echo bob:$PW | chpasswd",
        "echo \"bob:${PW}\" | chpasswd",
        "sshpass -p $PW ssh h.example",
        "API_TOKEN=$PW ./fetch",
        "tool --api-key $PW",
    ] {
        let text = format!("ARG PW={literal}\nRUN {run}");
        dockerfile(&text, &["secret-in-arg E 2"]);
        dockerfile(&format!("ARG PW\nRUN {run}"), &[]);
    }
    dockerfile(
        "ARG PW=changeme\nRUN echo bob:$PW | chpasswd",
        &["secret-in-arg I 2"],
    );
    for run in [
        "curl -u $PW:x1y2z3w4 https://h.example/x",
        "curl 'https://bob:${PW}@h.example/x'",
        "echo $PW",
        "useradd $PW",
        "PW=other; curl -u bob:$PW https://h.example/x",
        "mysql -h$PW -p < a.sql",
    ] {
        let text = format!("ARG PW={literal}\nRUN {run}");
        let all = told(&[("Dockerfile", &format!("FROM alpine:3.22\n{text}\n"))]);
        assert!(
            !all.iter().any(|it| it.starts_with("secret-in-arg")),
            "{text}"
        );
    }
    let file =
        format!("FROM alpine:3.22\nARG PW={literal}\nRUN curl -u bob:$PW https://h.example\n");
    let findings = findings(&[("Dockerfile", &file)]);
    let labels: Vec<&str> = findings[0]
        .labels
        .iter()
        .map(|it| it.text.as_str())
        .collect();
    assert_eq!(labels, ["a secret in clear", "taken as a secret here"]);
}

/// One password, one finding, at the place where it stands.
#[test]
fn the_password_of_a_proxy_in_dotenv() {
    let address = ["http://bob:Zx9Qw3", "rtyU@proxy.example:3128"].concat();
    let compose = |name: &str, value: &str| {
        format!(
            "services:\n  a:\n    build:\n      context: .\n      args:\n        {name}: ${{{value}}}\n"
        )
    };
    let declared = "FROM alpine:3.22\nARG HTTP_PROXY\nRUN apk add curl\n";
    let bare = "FROM alpine:3.22\nRUN apk add curl\n";
    for (name, value, text, expected) in [
        (
            "HTTP_PROXY",
            "HTTP_PROXY",
            declared,
            "proxy-credentials E 1",
        ),
        ("HTTP_PROXY", "HTTP_PROXY", bare, "proxy-credentials E 1"),
        ("HTTP_PROXY", "P", declared, "secret-in-arg E 2"),
    ] {
        let dotenv = format!("{value}={address}\n");
        let compose = compose(name, value);
        let files = [
            ("Dockerfile", text),
            ("compose.yaml", &*compose),
            (".env", &*dotenv),
        ];
        assert_eq!(told(&files), [expected], "{name} {value} {text}");
    }
    let (dotenv, compose) = (
        format!("HTTP_PROXY={address}\n"),
        compose("HTTP_PROXY", "HTTP_PROXY"),
    );
    let files = [
        ("Dockerfile", declared),
        ("compose.yaml", &*compose),
        (".env", &*dotenv),
    ];
    let labels: Vec<String> = findings(&files)[0]
        .labels
        .iter()
        .map(|it| it.text.to_string())
        .collect();
    assert_eq!(
        labels,
        [
            "a password in clear",
            "passed to the build here",
            "comes in as a build argument here"
        ]
    );
}

#[test]
fn credentials_are_copied() {
    let copied = ["secret-copied W 2"];
    for copy in [
        "COPY .aws /root/.aws",
        "COPY .ssh/ /root/.ssh/",
        "COPY deploy_key /root/.ssh/id_ed25519",
        "COPY aws.ini /root/.aws/credentials",
        "ADD netrc /root/.netrc",
        "COPY .docker/config.json /root/.docker/",
    ] {
        dockerfile(copy, &copied);
    }
    for copy in [
        "COPY .env.production .env",
        "COPY .m2/settings.xml /root/.m2/",
        "COPY ssh/ /root/.ssh",
        "COPY insecure_id_rsa /root/.ssh/id_rsa",
        "COPY known_hosts /root/.ssh/known_hosts",
        "COPY config.json /root/.docker/config.json",
        "COPY --from=x netrc /root/.netrc",
    ] {
        dockerfile(copy, &[]);
    }
    let secret = ["Zx9Qw3", "rtyU10p"].concat();
    let login = ["\"auth\": \"", "Ym9iOlp4OVF3M3J0eVUxMHA=", "\""].concat();
    for (path, text, is_told) in [
        (".env.production", format!("API_TOKEN={secret}\n"), true),
        (
            ".env.production",
            "API_URL=https://h.example\n".to_owned(),
            false,
        ),
        (
            ".m2/settings.xml",
            format!("<password>{secret}</password>\n"),
            true,
        ),
        (
            ".m2/settings.xml",
            "<password>${env.PW}</password>\n".to_owned(),
            false,
        ),
        (
            ".docker/config.json",
            format!("{{\"auths\": {{\"h\": {{{login}}}}}}}\n"),
            true,
        ),
        (
            ".docker/config.json",
            "{\"credsStore\": \"ecr-login\"}\n".to_owned(),
            false,
        ),
    ] {
        let dockerfile = format!("FROM alpine:3.22\nCOPY {path} /x/\n");
        let all = told(&[("Dockerfile", &*dockerfile), (path, &*text)]);
        let is_copied = all.iter().any(|it| it == copied[0]);
        assert_eq!(is_copied, is_told, "{path} {text} {all:?}");
    }
}

/// A Dockerfile's own ignore file counts instead of the context's.
#[test]
fn the_ignore_file_that_counts() {
    let text = "FROM alpine:3.22\nCOPY .netrc /root/\n";
    for (own, of_context, is_told) in [
        (None, None, true),
        (None, Some(".netrc"), false),
        (Some(".netrc"), None, false),
        (Some(".npmrc"), Some(".netrc"), true),
        (Some(".*"), Some(".npmrc"), false),
    ] {
        let mut files = vec![("web.Dockerfile", text)];
        files.extend(own.map(|own| ("web.Dockerfile.dockerignore", own)));
        files.extend(of_context.map(|own| (".dockerignore", own)));
        assert_eq!(
            told(&files).len(),
            usize::from(is_told),
            "{own:?} {of_context:?}"
        );
    }
}

/// The help of the only finding.
#[track_caller]
fn help(files: &[(&str, &str)]) -> String {
    let findings = findings(files);
    assert_eq!(findings.len(), 1, "{findings:?}");
    findings[0].help.clone().expect("help")
}

#[test]
fn what_a_container_runs_is_no_matter_for_a_build_mount() {
    for instruction in [
        "CMD [\"app\", \"--password=Synth3tic-One\"]",
        "ENTRYPOINT app --password=Synth3tic-One",
        "HEALTHCHECK CMD curl -f http://app:Synth3tic-One@localhost/health",
        "CMD curl --proxy http://app:Synth3tic-One@proxy.corp.example:3128 https://x.example",
    ] {
        let help = help(&[("Dockerfile", &format!("FROM alpine\n{instruction}\n"))]);
        assert!(help.contains("when it starts"), "{help}");
        assert!(
            !help.contains("--mount") && !help.contains("build argument"),
            "{help}"
        );
    }
    let help = help(&[(
        "Dockerfile",
        "FROM alpine\nRUN app --password=Synth3tic-One\n",
    )]);
    assert!(help.contains("--mount=type=secret"), "{help}");
}

#[test]
fn a_service_without_build_arguments_is_told_of_none() {
    let clone = "FROM alpine/git\nRUN git clone https://oauth2:Synth3tic-One@git.example/x.git\n";
    let compose = "services:\n  app:\n    build: .\n";
    let help = help(&[("Dockerfile", clone), ("compose.yaml", compose)]);
    assert!(help.contains("`build.secrets` of `app`"), "{help}");
    assert!(!help.contains("build argument"), "{help}");
}

#[test]
fn a_proxys_password_in_a_stage_that_is_not_shipped_stays_in_the_file() {
    let line = "RUN echo 'Acquire::http::Proxy \"http://app:Synth3tic-One@proxy.corp.example:3128\";' > /etc/apt/apt.conf.d/p";
    let told = |text: &str| findings(&[("Dockerfile", text)])[0].message.clone();
    let kept = told(&format!(
        "FROM debian AS a\n{line}\nFROM debian\nRUN true\n"
    ));
    assert!(
        kept.ends_with("holds a password that this Dockerfile keeps"),
        "{kept}"
    );
    let shipped = told(&format!("FROM debian\n{line}\n"));
    assert!(
        shipped.ends_with("that this Dockerfile and the image's history keep"),
        "{shipped}"
    );
}

#[test]
fn a_proxy_that_is_baked_is_passed_by_its_own_name() {
    let text = "FROM alpine\nENV HTTPS_PROXY=http://proxy.corp.example:3128 https_proxy=http://proxy.corp.example:3128\n";
    let findings = all_findings(&[("Dockerfile", text)]);
    let baked = findings
        .iter()
        .find(|finding| finding.rule == "proxy-baked");
    let help = baked
        .and_then(|finding| finding.help.clone())
        .unwrap_or_default();
    assert!(help.contains("(`--build-arg HTTPS_PROXY=…`)"), "{help}");
}
