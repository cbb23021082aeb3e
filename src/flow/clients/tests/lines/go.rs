//! Go.

use super::check;
use crate::model::base_images::Distro::Debian;

#[test]
fn go_commands() {
    check(&[
        (
            Debian,
            "go mod download",
            "go certain https://proxy.golang.org sSnN GOPROXY",
        ),
        (
            Debian,
            "go mod download github.com/pkg/errors@v0.9.1",
            "go certain https://proxy.golang.org sSnN GOPROXY",
        ),
        (
            Debian,
            "GOPROXY=off go mod download",
            "go offline(GOPROXY)  hHsSnN GOPROXY Mirror=off",
        ),
        (
            Debian,
            "GOPROXY=https://goproxy.corp/,direct go mod tidy",
            "go certain https://goproxy.corp,https://? sSnN GOPROXY Mirror=https://goproxy.corp/,direct",
        ),
        (
            Debian,
            "go build -o /app ./cmd/app",
            "go if-not-cached https://proxy.golang.org sSnN GOPROXY",
        ),
        (
            Debian,
            "go build -mod=vendor ./...",
            "go offline(-mod=vendor) https://proxy.golang.org sSnN GOPROXY",
        ),
        (
            Debian,
            "go build -mod vendor ./...",
            "go offline(-mod vendor) https://proxy.golang.org sSnN GOPROXY",
        ),
        (
            Debian,
            "go build --mod=vendor ./...",
            "go offline(--mod=vendor) https://proxy.golang.org sSnN GOPROXY",
        ),
        (
            Debian,
            "GOFLAGS=-mod=vendor go test ./...",
            "go offline(GOFLAGS) https://proxy.golang.org sSnN GOPROXY Options=-mod=vendor",
        ),
        (
            Debian,
            "GOFLAGS=-mod=vendor go build -mod=mod ./...",
            "go if-not-cached https://proxy.golang.org sSnN GOPROXY Options=-mod=vendor",
        ),
        (
            Debian,
            r#"CGO_ENABLED=0 GOOS=linux go build -ldflags "-s -w" -a ."#,
            "go if-not-cached https://proxy.golang.org sSnN GOPROXY",
        ),
        (
            Debian,
            "go install github.com/go-delve/delve/cmd/dlv@latest",
            "go certain https://proxy.golang.org sSnN GOPROXY",
        ),
        (
            Debian,
            "go install ./...",
            "go if-not-cached https://proxy.golang.org sSnN GOPROXY",
        ),
        (
            Debian,
            "go run github.com/a/b@v1",
            "go certain https://proxy.golang.org sSnN GOPROXY",
        ),
        (
            Debian,
            "go get -d -v ./...",
            "go certain https://proxy.golang.org sSnN GOPROXY",
        ),
        (
            Debian,
            "go get github.com/pkg/errors",
            "go certain https://proxy.golang.org sSnN GOPROXY",
        ),
        (
            Debian,
            "go env -w GOPROXY=https://goproxy.cn,direct",
            "go never  hHsSnN GOPROXY",
        ),
        (Debian, "go version", "go never  hHsSnN GOPROXY"),
        (
            Debian,
            "go list -m all",
            "go if-not-cached https://proxy.golang.org sSnN GOPROXY",
        ),
        (
            Debian,
            "go mod verify",
            "go if-not-cached https://proxy.golang.org sSnN GOPROXY",
        ),
        (
            Debian,
            "go generate ./...",
            "go if-not-cached https://proxy.golang.org sSnN GOPROXY",
        ),
        (
            Debian,
            "go mod init example.com/x",
            "go never  hHsSnN GOPROXY",
        ),
        (
            Debian,
            "env GOPROXY=direct go get example.com/x",
            "go certain https://? sSnN GOPROXY Mirror=direct",
        ),
        (
            Debian,
            "xargs -n1 go install",
            "go if-not-cached https://proxy.golang.org sSnN GOPROXY",
        ),
        (
            Debian,
            "xx-go build ./...",
            "go if-not-cached https://proxy.golang.org sSnN GOPROXY",
        ),
    ]);
}
