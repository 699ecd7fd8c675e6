//! The cluster's own address ranges, from the objects that hold them and from the arguments of the
//! control plane.

use std::collections::BTreeMap;

use posture_core::issue::IssueKind;
use posture_core::model::{AddressRange, RangeSource};
use serde::Deserialize;
use serde_json::Value;

use crate::calico;
use crate::object::{Invalid, Metadata, Object, address};
use crate::output::Output;

/// Kinds that hold ranges: their groups, and where in them the ranges are. An array stands for its
/// elements.
const HOLDERS: [Holder; 5] = [
    Holder {
        kind: "IPPool",
        groups: &calico::GROUPS,
        paths: &[&["spec", "cidr"]],
    },
    Holder {
        kind: "ServiceCIDR",
        groups: &["networking.k8s.io"],
        paths: &[&["spec", "cidrs"]],
    },
    Holder {
        kind: "CiliumNode",
        groups: &["cilium.io"],
        paths: &[&["spec", "ipam", "podCIDRs"]],
    },
    Holder {
        kind: "CiliumPodIPPool",
        groups: &["cilium.io"],
        paths: &[&["spec", "ipv4", "cidrs"], &["spec", "ipv6", "cidrs"]],
    },
    Holder {
        kind: "Network",
        groups: &["config.openshift.io"],
        paths: &[
            &["status", "clusterNetwork", "cidr"],
            &["status", "serviceNetwork"],
        ],
    },
];

struct Holder {
    kind: &'static str,
    groups: &'static [&'static str],
    paths: &'static [&'static [&'static str]],
}

/// Programs of the control plane, and their arguments that name ranges.
const ARGUMENTS: [(&str, &str); 4] = [
    ("kube-apiserver", "--service-cluster-ip-range"),
    ("kube-controller-manager", "--service-cluster-ip-range"),
    ("kube-controller-manager", "--cluster-cidr"),
    ("kube-proxy", "--cluster-cidr"),
];

/// Namespaces of the control plane: an argument elsewhere says nothing of the cluster.
const CONTROL_PLANE: [&str; 3] = [
    "kube-system",
    "openshift-kube-apiserver",
    "openshift-kube-controller-manager",
];

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Fields {
    metadata: Option<Metadata>,
    #[serde(default)]
    spec: Value,
    #[serde(default)]
    status: Value,
}

/// Whether an object holds ranges of the cluster; its group must be told.
pub(crate) fn are_in(object: &Object<'_>) -> bool {
    holder(object).is_some()
}

fn holder(object: &Object<'_>) -> Option<&'static Holder> {
    let group = object.group?;
    HOLDERS
        .iter()
        .find(|holder| holder.kind == object.kind && holder.groups.contains(&group))
}

/// Reads the ranges of an object. A pool of Calico that is disabled is left out: it may stand for
/// networks outside, which are not to be masqueraded.
pub(crate) fn read(object: &Object<'_>, output: &mut Output<'_>) -> Result<(), Invalid> {
    let fields: Fields = object.parse()?;
    let name = fields.metadata.unwrap_or_default().name.required()?;
    if object.kind == "IPPool" && fields.spec.pointer("/disabled") == Some(&Value::Bool(true)) {
        output.unused(object.kind);
        return Ok(());
    }
    let source = RangeSource::Object {
        kind: object.kind.to_owned(),
        name,
    };
    let mut texts = Vec::new();
    for path in holder(object).map_or(&[][..], |holder| holder.paths) {
        match path.split_first() {
            Some((&"spec", rest)) => collect(&fields.spec, rest, &mut texts),
            Some((_, rest)) => collect(&fields.status, rest, &mut texts),
            None => {}
        }
    }
    for text in texts {
        add(text, &source, object.at, output);
    }
    Ok(())
}

/// The texts at a path; an object at its end says its range as `cidr`.
fn collect<'v>(value: &'v Value, path: &[&str], found: &mut Vec<&'v str>) {
    match (value, path.split_first()) {
        (Value::Array(elements), _) => {
            for element in elements {
                collect(element, path, found);
            }
        }
        (Value::Object(fields), Some((key, rest))) => {
            if let Some(value) = fields.get(*key) {
                collect(value, rest, found);
            }
        }
        (Value::Object(_), None) => collect(value, &["cidr"], found),
        (Value::String(text), None) => found.push(text),
        _ => {}
    }
}

/// Reads the arguments of a container that name ranges of the cluster, where it is one of the control
/// plane.
pub(crate) fn of_arguments<'a>(
    namespace: &str,
    arguments: impl Iterator<Item = &'a str>,
    at: &str,
    output: &mut Output<'_>,
) {
    for Named {
        program,
        flag,
        value,
    } in named(namespace, arguments)
    {
        let source = RangeSource::Argument {
            program: program.to_owned(),
            flag: flag.to_owned(),
        };
        for value in value.split(',') {
            add(value.trim_matches(['"', '\'']), &source, at, output);
        }
    }
}

/// Of what a container runs only what names address ranges of the cluster, where it is one of the
/// control plane: it is read as all of it would be. Nothing of any other container.
///
/// ```
/// let run = ["kube-proxy", "--cluster-cidr=10.244.0.0/16", "--kubeconfig=/var/lib/config"];
/// let needed = posture_formats::control_plane_arguments("kube-system", run.into_iter());
/// assert_eq!(needed, ["kube-proxy", "--cluster-cidr=10.244.0.0/16"]);
/// ```
pub fn control_plane_arguments<'a>(
    namespace: &str,
    arguments: impl Iterator<Item = &'a str>,
) -> Vec<String> {
    let named = named(namespace, arguments);
    let mut programs: Vec<&str> = named.iter().map(|of| of.program).collect();
    programs.dedup();
    let mut needed: Vec<String> = programs.into_iter().map(str::to_owned).collect();
    // programs that share an argument are run with all of its values, each
    for (flag, program) in first_of_flags(&named) {
        let own = |of: &&Named<'_>| of.flag == flag && of.program == program;
        let values = named.iter().filter(own);
        needed.extend(values.map(|of| format!("{flag}={}", of.value)));
    }
    needed
}

/// An argument that names ranges.
struct Named<'a> {
    program: &'static str,
    flag: &'static str,
    value: &'a str,
}

/// The arguments of a container of the control plane that name ranges, by program.
fn named<'a>(namespace: &str, arguments: impl Iterator<Item = &'a str>) -> Vec<Named<'a>> {
    if !CONTROL_PLANE.contains(&namespace) {
        return Vec::new();
    }
    let words: Vec<&str> = arguments.flat_map(str::split_whitespace).collect();
    let is_run = |program: &str| {
        words.iter().any(|word| {
            let word = word.trim_matches(['"', '\'']);
            word.rsplit_once('/').map_or(word, |(_, name)| name) == program
        })
    };
    let mut named = Vec::new();
    for (program, flag) in ARGUMENTS.into_iter().filter(|(program, _)| is_run(program)) {
        named.extend(values(&words, flag).map(|value| Named {
            program,
            flag,
            value,
        }));
    }
    named
}

/// The flags that are given, each with the first program that has it.
fn first_of_flags(named: &[Named<'_>]) -> BTreeMap<&'static str, &'static str> {
    let mut first = BTreeMap::new();
    for of in named {
        first.entry(of.flag).or_insert(of.program);
    }
    first
}

/// The values of an argument: `--flag=value` or `--flag value`.
fn values<'a, 'w>(words: &'w [&'a str], flag: &'w str) -> impl Iterator<Item = &'a str> + 'w {
    let next = words.iter().skip(1).map(Some).chain([None]);
    words.iter().zip(next).filter_map(move |(word, next)| {
        let rest = word.trim_start_matches(['"', '\'']).strip_prefix(flag)?;
        match rest.strip_prefix('=') {
            Some(value) => Some(value),
            None if rest.is_empty() => next.copied(),
            None => None,
        }
    })
}

fn add(text: &str, source: &RangeSource, at: &str, output: &mut Output<'_>) {
    match address::network(text) {
        Some(net) => {
            let origin = output.origin(at);
            output.fragment.ranges.push(AddressRange {
                net,
                source: source.clone(),
                origin,
            });
        }
        None if text.is_empty() => {}
        None => {
            let message = format!("`{text}` is no network and is left out");
            output.issue(IssueKind::InvalidObject, at, message);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read_text;

    /// Ranges and what tells them.
    fn ranges(text: &str) -> Vec<(String, String)> {
        let (fragment, issues) = read_text(text);
        assert!(issues.is_empty(), "{issues:?}");
        let told = |range: &AddressRange| match &range.source {
            RangeSource::Object { kind, name } => format!("{kind} {name}"),
            RangeSource::Argument { program, flag } => format!("{program} {flag}"),
            RangeSource::Caller => String::new(),
        };
        let ranges = fragment.ranges.iter();
        ranges
            .map(|range| (range.net.to_string(), told(range)))
            .collect()
    }

    #[test]
    fn objects_that_hold_ranges() {
        for (head, fields, expected) in [
            (
                "apiVersion: projectcalico.org/v3\nkind: IPPool",
                "spec: {cidr: 192.168.0.0/16}",
                vec!["192.168.0.0/16"],
            ),
            (
                "apiVersion: networking.k8s.io/v1\nkind: ServiceCIDR",
                "spec: {cidrs: [10.96.0.0/12, 'fd00:10:96::/112']}",
                vec!["10.96.0.0/12", "fd00:10:96::/112"],
            ),
            (
                "apiVersion: cilium.io/v2\nkind: CiliumNode",
                "spec: {ipam: {podCIDRs: [10.0.1.0/24]}}",
                vec!["10.0.1.0/24"],
            ),
            (
                "apiVersion: cilium.io/v2alpha1\nkind: CiliumPodIPPool",
                "spec: {ipv4: {cidrs: [10.20.0.0/16, {cidr: 10.30.0.0/16}]}, ipv6: {cidrs: ['fd00::/104']}}",
                vec!["10.20.0.0/16", "10.30.0.0/16", "fd00::/104"],
            ),
            (
                "apiVersion: config.openshift.io/v1\nkind: Network",
                "spec: {clusterNetwork: [{cidr: 10.0.0.0/8}]}\nstatus: {clusterNetwork: [{cidr: 10.128.0.0/14, hostPrefix: 23}], serviceNetwork: [172.30.0.0/16]}",
                vec!["10.128.0.0/14", "172.30.0.0/16"],
            ),
        ] {
            let kind = head.rsplit_once(' ').map_or("", |(_, kind)| kind);
            let expected: Vec<_> = expected
                .into_iter()
                .map(|net| (net.to_owned(), format!("{kind} x")))
                .collect();
            assert_eq!(
                ranges(&format!("{head}\nmetadata: {{name: x}}\n{fields}\n")),
                expected
            );
        }
    }

    #[test]
    fn what_is_no_range_of_the_cluster() {
        for (text, message) in [
            (
                "apiVersion: crd.projectcalico.org/v1\nkind: IPPool\nmetadata: {name: x}\nspec: {cidr: 10.0.0.0/8, disabled: true}\n",
                "1 object of kind `IPPool` is not used",
            ),
            (
                "apiVersion: example.org/v1\nkind: Network\nmetadata: {name: x}\nstatus: {serviceNetwork: [10.0.0.0/8]}\n",
                "1 object of kind `Network` is not used",
            ),
            (
                "apiVersion: networking.k8s.io/v1\nkind: ServiceCIDR\nmetadata: {name: x}\nspec: {cidrs: [nonsense]}\n",
                "`nonsense` is no network and is left out",
            ),
        ] {
            let (fragment, issues) = read_text(text);
            assert!(fragment.ranges.is_empty());
            assert_eq!(issues[0].message, message);
        }
    }

    fn pod(namespace: &str, command: &str) -> String {
        format!(
            "kind: Pod\nmetadata: {{name: p, namespace: {namespace}}}\nspec: {{containers: [{{name: c, image: i, {command}}}]}}\n"
        )
    }

    #[test]
    fn arguments_of_the_control_plane() {
        let services = "kube-apiserver --service-cluster-ip-range";
        let of = |net: &str, told: &str| (net.to_owned(), told.to_owned());
        for command in [
            "command: [kube-apiserver, --secure-port=6443, --service-cluster-ip-range=10.96.0.0/12]",
            "command: [/usr/bin/kube-apiserver], args: [--service-cluster-ip-range, 10.96.0.0/12]",
            "command: [sh, -c, 'exec kube-apiserver --service-cluster-ip-range=10.96.0.0/12 2>&1']",
        ] {
            assert_eq!(
                ranges(&pod("kube-system", command)),
                [of("10.96.0.0/12", services)],
                "{command}"
            );
        }
        let manager = "command: [kube-controller-manager, '--cluster-cidr=10.244.0.0/16,fd00::/48', --service-cluster-ip-range=10.96.0.0/12]";
        assert_eq!(
            ranges(&pod("kube-system", manager)),
            [
                of(
                    "10.96.0.0/12",
                    "kube-controller-manager --service-cluster-ip-range"
                ),
                of("10.244.0.0/16", "kube-controller-manager --cluster-cidr"),
                of("fd00::/48", "kube-controller-manager --cluster-cidr"),
            ]
        );
        for (namespace, command) in [
            ("shop", "command: [kube-proxy, --cluster-cidr=10.0.0.0/8]"),
            ("kube-system", "command: [other, --cluster-cidr=10.0.0.0/8]"),
            (
                "kube-system",
                "command: [kube-proxy, --cluster-cidr-mask=10.0.0.0/8]",
            ),
        ] {
            assert_eq!(ranges(&pod(namespace, command)), []);
        }
    }
}
