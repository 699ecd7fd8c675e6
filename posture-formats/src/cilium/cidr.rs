//! `fromCIDRSet` and `toCIDRSet`.

use ipnet::IpNet;
use posture_core::model::{EndMatch, Entity};
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::peer::Peers;
use crate::object::Invalid;
use crate::object::address::Cidr;

/// An element: a network minus others, or a reference to a group of networks.
#[derive(Deserialize)]
#[serde(try_from = "Fields")]
pub(super) enum CidrRule {
    Net { net: IpNet, except: Vec<IpNet> },
    Group,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an object", deny_unknown_fields)]
struct Fields {
    cidr: Option<Cidr>,
    except: Option<Vec<Cidr>>,
    cidr_group_ref: Option<IgnoredAny>,
    cidr_group_selector: Option<IgnoredAny>,
}

impl TryFrom<Fields> for CidrRule {
    type Error = Invalid;

    fn try_from(fields: Fields) -> Result<Self, Invalid> {
        let group = fields.cidr_group_ref.or(fields.cidr_group_selector);
        let Cidr(net) = match (fields.cidr, group) {
            (Some(cidr), None) => cidr,
            (None, Some(_)) => return Ok(Self::Group),
            _ => return Err(Invalid::new("expected one of cidr and cidrGroupRef")),
        };
        let except = fields.except.into_iter().flatten();
        let except: Vec<IpNet> = except.map(|Cidr(other)| other).collect();
        match except.iter().find(|other| !net.contains(*other)) {
            Some(other) => Err(Invalid::new(format!(
                "`{other}` is no part of `{net}`, from which it is excepted"
            ))),
            None => Ok(Self::Net { net, except }),
        }
    }
}

impl CidrRule {
    pub(super) fn add(self, peers: &mut Peers) {
        match self {
            Self::Net { net, except } => peers.push(EndMatch {
                not_nets: except,
                ..outside(vec![net])
            }),
            Self::Group => {
                let end = EndMatch {
                    nets: None,
                    ..outside(Vec::new())
                };
                peers.perhaps(end, "a group of networks".to_owned());
            }
        }
    }
}

/// "CIDR rules hold addresses outside of the cluster" (policy semantics, section 11).
pub(super) fn outside(nets: Vec<IpNet>) -> EndMatch {
    EndMatch {
        entity: Some(Entity::World),
        nets: Some(nets),
        ..EndMatch::default()
    }
}
