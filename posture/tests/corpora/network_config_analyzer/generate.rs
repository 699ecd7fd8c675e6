//! Clusters with policies that are made up, the same ones for the same seed.
//!
//! Left out is what network-config-analyzer reads in a way of its own:
//!
//! - `nets` and `ipBlock` hold no pods there, and `notNets` alone leaves them out: nets here are
//!   those of no pod;
//! - `nets` together with selectors name nobody there;
//! - `notSelector` alone, in a namespace, also names other namespaces there;
//! - where `types` is left out, an empty list of rules counts as one with rules there;
//! - a `namespaceSelector` that holds what has no labels, such as `!has(a)`, names no global network
//!   sets there, though they have no namespace;
//! - a type or code of ICMP that is 0 stands for any there;
//! - the empty `namespaceSelector` of a Kubernetes policy also names global network sets there, and
//!   beside a `namespaceSelector` the operators `Exists` and `DoesNotExist` of a `podSelector` name
//!   the policy's own namespace alone;
//! - policies of one order are asked in the order of the file there: the file has them by name.

use serde_json::{Value, json};

/// Numbers that look random (`SplitMix64`).
pub(super) struct Dice(pub(super) u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below another.
    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn one_in(&mut self, end: u64) -> bool {
        self.below(end) == 0
    }

    fn pick<'c, T: ?Sized>(&mut self, choices: &[&'c T]) -> &'c T {
        let at = self.below(choices.len() as u64);
        choices[usize::try_from(at).expect("an index")]
    }

    fn some<T>(&mut self, least: u64, most: u64, mut make: impl FnMut(&mut Self) -> T) -> Vec<T> {
        let count = least + self.below(most - least + 1);
        (0..count).map(|_| make(self)).collect()
    }
}

/// A cluster: what is in it, and what governs it.
pub(super) struct Made {
    pub(super) topology: Vec<Value>,
    pub(super) policies: Vec<Value>,
}

const KEYS: [&str; 3] = ["app", "tier", "team"];
const VALUES: [&str; 4] = ["web", "db", "webapp", "red"];
const NETS: [&str; 6] = [
    "10.0.0.0/8",
    "10.1.0.0/16",
    "10.1.2.0/24",
    "192.168.0.0/16",
    "203.0.113.0/24",
    "2001:db8::/32",
];

pub(super) fn cluster(dice: &mut Dice) -> Made {
    let namespaces = 3 + dice.below(2);
    let mut topology = Vec::new();
    for number in 0..namespaces {
        topology.push(json!({"apiVersion": "v1", "kind": "Namespace",
            "metadata": {"name": format!("n{number}"), "labels": labels(dice)}}));
    }
    for number in 0..6 + dice.below(3) {
        let mut labels = labels(dice);
        labels["id"] = format!("p{number}").into();
        let port =
            json!({"name": "http", "containerPort": dice.pick(&[&80, &8080]), "protocol": "TCP"});
        let ports = if dice.one_in(2) {
            vec![port]
        } else {
            Vec::new()
        };
        topology.push(json!({"apiVersion": "v1", "kind": "Pod",
            "metadata": {"namespace": namespace(dice, namespaces), "name": format!("p{number}"),
                "labels": labels},
            "spec": {"containers": [{"name": "main", "image": "main:1", "ports": ports}]}}));
    }
    for number in 0..dice.below(3) {
        let nets = dice.some(1, 2, |dice| dice.pick(&NETS.each_ref()).to_string());
        topology.push(
            json!({"apiVersion": "projectcalico.org/v3", "kind": "GlobalNetworkSet",
            "metadata": {"name": format!("g{number}"), "labels": labels(dice)},
            "spec": {"nets": nets}}),
        );
    }
    let mut number = 0;
    let mut policies = dice.some(1, 6, |dice| {
        number += 1;
        policy(dice, namespaces, number)
    });
    policies.sort_by_key(|policy| {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        (
            text(&policy["metadata"]["name"]),
            text(&policy["metadata"]["namespace"]),
        )
    });
    Made { topology, policies }
}

fn namespace(dice: &mut Dice, namespaces: u64) -> String {
    format!("n{}", dice.below(namespaces))
}

fn labels(dice: &mut Dice) -> Value {
    let mut labels = json!({});
    for key in KEYS {
        if !dice.one_in(3) {
            labels[key] = dice.pick(&VALUES).into();
        }
    }
    labels
}

fn policy(dice: &mut Dice, namespaces: u64, number: u64) -> Value {
    let name = format!("{}{number}", dice.pick(&["a", "b", "c"]));
    let metadata = json!({"name": name, "namespace": namespace(dice, namespaces)});
    if dice.one_in(3) {
        return json!({"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
            "metadata": metadata, "spec": kubernetes(dice)});
    }
    let global = dice.one_in(2);
    let mut spec = json!({"selector": selector(dice, 2)});
    match dice.below(4) {
        0 => {}
        _ => spec["order"] = (*dice.pick(&[&1, &5, &10, &20, &1000, &2000])).into(),
    }
    if global && dice.one_in(2) {
        spec["namespaceSelector"] = selector(dice, 1).into();
    }
    let rules = |dice: &mut Dice| dice.some(0, 3, |dice| rule(dice, global));
    let directions = dice.below(3);
    if directions != 1 {
        spec["ingress"] = rules(dice).into();
    }
    if directions != 0 {
        spec["egress"] = rules(dice).into();
    }
    let types: &[&str] = [&["Ingress"][..], &["Egress"], &["Ingress", "Egress"]]
        [usize::try_from(directions).expect("an index")];
    let is_empty = |rules: &Value| rules.as_array().is_some_and(Vec::is_empty);
    if is_empty(&spec["ingress"]) || is_empty(&spec["egress"]) || !dice.one_in(3) {
        spec["types"] = types.into();
    }
    match global {
        true => json!({"apiVersion": "projectcalico.org/v3", "kind": "GlobalNetworkPolicy",
            "metadata": {"name": metadata["name"]}, "spec": spec}),
        false => json!({"apiVersion": "projectcalico.org/v3", "kind": "NetworkPolicy",
            "metadata": metadata, "spec": spec}),
    }
}

/// A selector whose parts are in parentheses to a depth.
fn selector(dice: &mut Dice, depth: u64) -> String {
    joined(dice, depth, &atom)
}

/// A selector of namespaces that holds nothing without labels.
fn of_namespaces(dice: &mut Dice) -> String {
    joined(dice, 1, &positive)
}

fn joined(dice: &mut Dice, depth: u64, atom: &dyn Fn(&mut Dice) -> String) -> String {
    let operator = match dice.below(if depth > 0 { 5 } else { 3 }) {
        3 => "&&",
        4 => "||",
        _ => return atom(dice),
    };
    let (one, other) = (joined(dice, depth - 1, atom), joined(dice, depth - 1, atom));
    format!("({one}) {operator} ({other})")
}

fn atom(dice: &mut Dice) -> String {
    let key = dice.pick(&KEYS);
    let (one, other) = (dice.pick(&VALUES), dice.pick(&VALUES));
    match dice.below(10) {
        0 => format!("{key} != '{one}'"),
        1 => format!("!has({key})"),
        2 => format!("{key} not in {{'{one}', '{other}'}}"),
        3 => "all()".to_owned(),
        _ => positive(dice),
    }
}

fn positive(dice: &mut Dice) -> String {
    let key = dice.pick(&KEYS);
    let (one, other) = (dice.pick(&VALUES), dice.pick(&VALUES));
    match dice.below(6) {
        0 => format!("has({key})"),
        1 => format!("{key} in {{'{one}', '{other}'}}"),
        2 => format!("{key} starts with '{one}'"),
        3 => format!("{key} ends with '{one}'"),
        4 => format!("{key} contains '{}'", dice.pick(&["e", "b", "app"])),
        _ => format!("{key} == '{one}'"),
    }
}

fn rule(dice: &mut Dice, global: bool) -> Value {
    let mut rule = json!({"action": dice.pick(&["Allow", "Allow", "Deny", "Pass"])});
    let mut has_ports = false;
    match dice.below(6) {
        0 | 1 => {
            rule["protocol"] = dice.pick(&["TCP", "UDP", "SCTP"]).into();
            has_ports = true;
        }
        2 => rule["notProtocol"] = dice.pick(&["TCP", "UDP"]).into(),
        3 => {
            rule["protocol"] = "ICMP".into();
            rule["icmp"] = json!({"type": 1 + dice.below(20), "code": 1 + dice.below(5)});
        }
        _ => {}
    }
    for side in ["source", "destination"] {
        if dice.one_in(3) {
            continue;
        }
        let mut end = end(dice, global);
        if has_ports && dice.one_in(2) {
            let named = side == "destination" && dice.one_in(3);
            end["ports"] = dice.some(1, 2, |dice| port(dice, named)).into();
        } else if has_ports && dice.one_in(3) {
            end["notPorts"] = dice.some(1, 2, |dice| port(dice, false)).into();
        }
        rule[side] = end;
    }
    rule
}

fn end(dice: &mut Dice, global: bool) -> Value {
    match dice.below(6) {
        0 => json!({"nets": dice.some(1, 2, |dice| dice.pick(&NETS.each_ref()).to_string())}),
        1 => json!({"nets": [NETS[0]], "notNets": [NETS[1], NETS[2]]}),
        2 => json!({"namespaceSelector": of_namespaces(dice)}),
        3 => json!({"namespaceSelector": of_namespaces(dice), "selector": selector(dice, 1)}),
        4 if global => json!({"selector": selector(dice, 1), "notSelector": atom(dice)}),
        _ => json!({"selector": selector(dice, 1)}),
    }
}

fn port(dice: &mut Dice, named: bool) -> Value {
    match dice.below(3) {
        _ if named => "http".into(),
        0 => "79:81".into(),
        1 => "8000:9000".into(),
        _ => (*dice.pick(&[&80, &443, &8080])).into(),
    }
}

fn kubernetes(dice: &mut Dice) -> Value {
    let mut spec = json!({"podSelector": label_selector(dice, 0, 6)});
    let directions = dice.below(3);
    if directions != 1 {
        spec["ingress"] = dice.some(0, 2, |dice| kubernetes_rule(dice, "from")).into();
    }
    if directions != 0 {
        spec["egress"] = dice.some(0, 2, |dice| kubernetes_rule(dice, "to")).into();
    }
    spec["policyTypes"] = match directions {
        0 => json!(["Ingress"]),
        1 => json!(["Egress"]),
        _ => json!(["Ingress", "Egress"]),
    };
    spec
}

/// A label selector of some kinds: the first is empty, the last two are about keys alone.
fn label_selector(dice: &mut Dice, first: u64, end: u64) -> Value {
    let key = dice.pick(&KEYS);
    let (one, other) = (dice.pick(&VALUES), dice.pick(&VALUES));
    match first + dice.below(end - first) {
        0 => json!({}),
        1 => json!({"matchLabels": {key: one}}),
        2 => json!({"matchExpressions": [{"key": key, "operator": "In", "values": [one, other]}]}),
        3 => json!({"matchExpressions": [{"key": key, "operator": "NotIn", "values": [one]}]}),
        4 => json!({"matchExpressions": [{"key": key, "operator": "Exists"}]}),
        _ => json!({"matchExpressions": [{"key": key, "operator": "DoesNotExist"}]}),
    }
}

fn kubernetes_rule(dice: &mut Dice, peers: &str) -> Value {
    let mut rule = json!({});
    if !dice.one_in(4) {
        rule[peers] = dice
            .some(1, 2, |dice| match dice.below(4) {
                0 => json!({"ipBlock": {"cidr": NETS[0], "except": [NETS[1]]}}),
                1 => json!({"namespaceSelector": label_selector(dice, 1, 6)}),
                2 => json!({"namespaceSelector": label_selector(dice, 1, 6),
                    "podSelector": label_selector(dice, 0, 4)}),
                _ => json!({"podSelector": label_selector(dice, 0, 6)}),
            })
            .into();
    }
    if dice.one_in(2) {
        let named = peers == "from" && dice.one_in(3);
        rule["ports"] = dice
            .some(1, 2, |dice| {
                let protocol = dice.pick(&["TCP", "UDP", "SCTP"]);
                match dice.below(3) {
                    _ if named => json!({"protocol": "TCP", "port": "http"}),
                    0 => json!({"protocol": protocol}),
                    1 => json!({"protocol": protocol, "port": 80, "endPort": 90}),
                    _ => json!({"protocol": protocol, "port": 8080}),
                }
            })
            .into();
    }
    rule
}
