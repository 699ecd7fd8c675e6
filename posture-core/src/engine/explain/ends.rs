//! Why an end of the traffic is not one that a rule means.

use ipnet::IpNet;

use super::{First, first, labels};
use crate::engine::rule::end::not_nets;
use crate::engine::rule::{Matcher, Side, family_of};
use crate::engine::words::{self, list};
use crate::engine::{End, Match, Who};
use crate::model::EndMatch;
use crate::selector::Selector;

/// Why an end is not the one that is meant, or what is not known of that.
pub(super) fn why_end(
    matcher: &Matcher<'_>,
    wanted: &EndMatch,
    end: &End<'_>,
    side: Side,
) -> String {
    let optional = |criterion: Option<Match>| criterion.unwrap_or(Match::Yes);
    let selected = |selector: &Selector| matcher.selected(selector, end, side);
    let name = named(side, end);
    let (selector, not) = (wanted.selector.as_ref(), wanted.not_selector.as_ref());
    let service = wanted.service.as_ref();
    first(&[
        First::new(optional(selector.map(selected)), &|| {
            selector.map_or_else(String::new, |wanted| {
                why_not_selected(matcher, wanted, end, side)
            })
        }),
        First::new(optional(not.map(|not| selected(not).not())), &|| {
            let not = not.map(words::selector).unwrap_or_default();
            format!("{name} is one that is left out: {not}")
        }),
        First::new(
            optional(wanted.nodes.as_ref().map(|nodes| matcher.node(nodes, end))),
            &|| format!("{name} is no node that the rule means"),
        ),
        First::new(
            optional(wanted.entity.map(|entity| matcher.entity(entity, end))),
            &|| {
                let entity = wanted.entity.map_or("", words::entity);
                format!("{name} is not {}", entity.trim_start_matches("anyone "))
            },
        ),
        First::new(
            optional(wanted.nets.as_ref().map(|nets| matcher.nets(nets, end))),
            &|| {
                why_not_in(
                    matcher,
                    wanted.nets.as_deref().unwrap_or_default(),
                    end,
                    &name,
                )
            },
        ),
        First::new(not_nets(&wanted.not_nets, end), &|| {
            why_left_out(&wanted.not_nets, end, &name)
        }),
        First::new(
            optional(service.map(|service| matcher.service(service, end, side))),
            &|| {
                let service = service.map(|of| format!("{}/{}", of.namespace, of.name));
                let service = service.unwrap_or_default();
                format!("{name} is no endpoint of Service {service}")
            },
        ),
        First::new(
            optional(wanted.domains.as_ref().map(|names| matcher.domains(names))),
            &|| {
                let recorded = matcher.question.traffic.domains.join(", ");
                let wanted = list(wanted.domains.clone().unwrap_or_default());
                format!("domain name {recorded} is not {wanted}")
            },
        ),
    ])
}

/// The end, by its address where that is known.
fn named(side: Side, end: &End<'_>) -> String {
    let side = match side {
        Side::Source => "source",
        Side::Destination => "destination",
    };
    match end.address {
        Some(address) => format!("{side} {address}"),
        None => side.to_owned(),
    }
}

fn why_not_selected(
    matcher: &Matcher<'_>,
    selector: &Selector,
    end: &End<'_>,
    side: Side,
) -> String {
    let around = matcher.question.around;
    match end.who {
        Who::Pod(pod) if around.selects_pod(selector, &pod) != Match::Yes => {
            let side = match side {
                Side::Source => "source",
                Side::Destination => "destination",
            };
            let why = labels::why(selector, &|key| around.label_of_pod(&pod, key));
            format!("{side}: {why}")
        }
        _ => {
            let name = named(side, end);
            format!("{name} is not among {}", words::selector(selector))
        }
    }
}

fn why_not_in(matcher: &Matcher<'_>, nets: &[IpNet], end: &End<'_>, name: &str) -> String {
    let spares_pods = matcher.blocks_spare_pods();
    match (nets, end.who) {
        ([], _) => "it names nobody".to_owned(),
        (_, Who::Pod(_)) if spares_pods => {
            "an ipBlock holds no pods (`ip_block_matches_pods` is off)".to_owned()
        }
        _ => format!(
            "{name} is not in {}",
            list(nets.iter().map(ToString::to_string))
        ),
    }
}

fn why_left_out(nets: &[IpNet], end: &End<'_>, name: &str) -> String {
    let Some(address) = end.address else {
        return String::new();
    };
    match nets.iter().find(|net| net.contains(&address)) {
        Some(net) => format!("{name} is in {net}, which is left out"),
        None => format!(
            "{name} is {}, and the nets that are left out are not",
            words::family(family_of(address))
        ),
    }
}
