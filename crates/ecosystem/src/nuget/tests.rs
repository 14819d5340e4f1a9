//! Rows for the NuGet extractors.

use super::NUGET;
use crate::check::check_extract;
use crate::damage::check_damaged;

#[test]
fn damaged_files_are_survived() {
    let deps = br#"{"runtimeTarget":{"name":".NETCoreApp,Version=v8.0/linux-x64"},"targets":{"t":{
        "A/1.0.0":{"runtime":{"A.dll":{}}}}},"libraries":{"A/1.0.0":{"type":"package"}}}"#;
    let lock =
        br#"{"version":1,"dependencies":{"net6.0":{"A":{"type":"Direct","resolved":"3.0.1"}}}}"#;
    let assets = br#"{"libraries":{"A/1.0.0":{"type":"package","files":["a"]}}}"#;
    let config =
        b"<?xml version=\"1.0\"?><packages><package id=\"A\" version=\"6.4.4\"/></packages>";
    check_damaged(
        &NUGET,
        &[
            ("shared/F/8.0.4/F.deps.json", deps),
            ("app/packages.lock.json", lock),
            ("app/obj/project.assets.json", assets),
            ("app/packages.config", config),
        ],
    );
}

#[test]
fn deps_json() {
    check_extract(
        &NUGET,
        "app/App.deps.json",
        &[
            (
                "packages with files, not projects and names alone",
                br#"{"runtimeTarget":{"name":".NETCoreApp,Version=v8.0/linux-x64","signature":""},
                    "targets":{".NETCoreApp,Version=v8.0":{},".NETCoreApp,Version=v8.0/linux-x64":{
                        "App/1.0.0":{"dependencies":{"Newtonsoft.Json":"13.0.1"},"runtime":{"App.dll":{}}},
                        "Newtonsoft.Json/13.0.1":{"runtime":{"lib/net6.0/Newtonsoft.Json.dll":{"fileVersion":"13.0.1.25517"}}},
                        "SQLitePCLRaw.lib/2.1.6":{"native":{"runtimes/linux-x64/native/libe_sqlite3.so":{}}},
                        "Microsoft.NETCore.Platforms/1.1.0":{},
                        "Analyzer/1.0.0":{"compile":{"ref/a.dll":{}},"runtime":{}}}},
                    "libraries":{
                        "App/1.0.0":{"type":"project","serviceable":false,"sha512":""},
                        "runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/8.0.4":{"type":"runtimepack"},
                        "Newtonsoft.Json/13.0.1":{"type":"package","serviceable":true,"sha512":"x"},
                        "SQLitePCLRaw.lib/2.1.6":{"type":"package"},
                        "Microsoft.NETCore.Platforms/1.1.0":{"type":"package"},
                        "Analyzer/1.0.0":{"type":"package"},
                        "Unmentioned/1.0.0":{"type":"package"},
                        "odd":{"type":"package"}}}"#,
                &[
                    "microsoft.netcore.app.runtime.linux-x64 8.0.4",
                    "newtonsoft.json 13.0.1",
                    "sqlitepclraw.lib 2.1.6",
                    "unmentioned 1.0.0",
                    "! app/App.deps.json: not a library: \"odd\"",
                ],
            ),
            ("another document", b"[1]", &[
                "! app/App.deps.json: not a JSON object",
            ]),
        ],
    );
    check_extract(
        &NUGET,
        "usr/share/dotnet/shared/Microsoft.AspNetCore.App/8.0.4/Microsoft.AspNetCore.App.deps.json",
        &[(
            "a shared framework",
            br#"{"runtimeTarget":{"name":".NETCoreApp,Version=v8.0/linux-musl-x64"},"targets":{},"libraries":{}}"#,
            &["microsoft.aspnetcore.app.runtime.linux-musl-x64 8.0.4"],
        )],
    );
}

#[test]
fn packages_lock() {
    check_extract(
        &NUGET,
        "src/App/packages.lock.json",
        &[(
            "the same package for two frameworks, a project",
            br#"{"version":1,"dependencies":{
                "net6.0":{"Serilog":{"type":"Direct","requested":"[3.0.0, )","resolved":"3.0.1"},
                          "lib":{"type":"Project","dependencies":{}},"Odd":{"type":"Direct"}},
                "net8.0":{"serilog":{"type":"Transitive","resolved":"3.0.1"},
                          "Polly":{"type":"CentralTransitive","resolved":"8.0.0"}}}}"#,
            &[
                "serilog 3.0.1 declared",
                "polly 8.0.0 declared",
                "! src/App/packages.lock.json: \"Odd\" has no resolved version",
            ],
        )],
    );
}

#[test]
fn project_assets() {
    check_extract(
        &NUGET,
        "src/App/obj/project.assets.json",
        &[(
            "packages and projects",
            br#"{"version":3,"libraries":{"Serilog/3.0.1":{"type":"package","files":["a"]},
                "Lib/1.0.0":{"type":"project"}}}"#,
            &["serilog 3.0.1 declared"],
        )],
    );
}

#[test]
fn packages_config() {
    check_extract(
        &NUGET,
        "src/App/packages.config",
        &[
            (
                "elements",
                b"\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n<packages>\r\n  \
                  <package id=\"EntityFramework\" version=\"6.4.4\" targetFramework=\"net48\" />\r\n  \
                  <package version='1.0.0' id='x.Y'></package>\r\n  <package id=\"odd\" />\r\n</packages>",
                &[
                    "entityframework 6.4.4 declared",
                    "x.y 1.0.0 declared",
                    "! src/App/packages.config: a package element has no id and version",
                ],
            ),
            (
                "broken after the first",
                b"<packages><package id=\"a\" version=\"1\"/></package>",
                &[
                    "a 1 declared",
                    "! src/App/packages.config: not XML at byte 39: ill-formed document: \
                     expected `</packages>`, but `</package>` was found",
                ],
            ),
        ],
    );
}
