//! .NET, and ecosystems that were not measured.

use super::check;
use crate::model::base_images::Distro::Debian;

#[test]
fn others() {
    check(&[
        (
            Debian,
            "dotnet restore App.csproj",
            "dotnet certain https://api.nuget.org sSaAnN NUGET_SOURCE",
        ),
        (
            Debian,
            "dotnet publish -c Release -o out --no-restore",
            "dotnet offline(--no-restore) https://api.nuget.org sSaAnN NUGET_SOURCE",
        ),
        (
            Debian,
            "dotnet publish -c Release",
            "dotnet if-not-cached https://api.nuget.org sSaAnN NUGET_SOURCE",
        ),
        (
            Debian,
            "dotnet tool install -g dotnet-ef --version 7.0",
            "dotnet certain https://api.nuget.org sSaAnN NUGET_SOURCE",
        ),
        (
            Debian,
            "helm repo add x https://charts.example.com",
            "Go program usually https://charts.example.com sSnN",
        ),
        (
            Debian,
            "cpanm install JSON",
            "package manager usually ?://? ????????",
        ),
    ]);
}
