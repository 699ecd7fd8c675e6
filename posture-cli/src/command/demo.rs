//! `posture demo`: scores the example cluster that is compiled in.

use clap::Args;
use posture::File;
use posture_core::request::Request;
use posture_core::time::Time;

use crate::exit::{Failure, Outcome};
use crate::options::{Assessment, Output};
use crate::output::{self, Told};
use crate::page;

/// Score an example cluster: a web shop with policies, an hour of flow logs and image scans
#[derive(Args, Debug)]
#[command(after_help = crate::exit::CODES)]
pub(crate) struct Arguments {
    #[command(flatten)]
    assessment: Assessment,

    #[command(flatten)]
    output: Output,
}

/// 20 November 2026, 11:00 UTC: the end of the example's flow logs.
const NOW: Time = Time(1_795_172_400);

/// What to run next.
const CLOSING: &str = "\
This was an example. Your own cluster, to begin with:
kubectl get ns,no,po,rs,job,svc,netpol -A -o json | posture score -";

macro_rules! boutique {
    ($($path:literal)*) => {
        [$(File {
            name: $path,
            bytes: include_bytes!(concat!("../../../examples/clusters/boutique/", $path)),
        }),*]
    };
}

const FILES: &[File<'_>] = &boutique! {
    "flows.jsonl"
    "networkpolicies.json"
    "objects.json"
    "scans/adservice.json"
    "scans/busybox.json"
    "scans/calico-cni.json"
    "scans/calico-node.json"
    "scans/cartservice.json"
    "scans/checkoutservice.json"
    "scans/coredns.json"
    "scans/currencyservice.json"
    "scans/emailservice.json"
    "scans/frontend.json"
    "scans/kube-proxy.json"
    "scans/netshoot.json"
    "scans/paymentservice.json"
    "scans/productcatalogservice.json"
    "scans/recommendationservice.json"
    "scans/redis.json"
    "scans/shippingservice.json"
    "scans/vault.json"
    "staged.yaml"
};

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let (assessment, output) = (&arguments.assessment, &arguments.output);
    let earlier = assessment.previous()?;
    let request = Request {
        previous: earlier.as_ref().map(|earlier| earlier.previous.clone()),
        ..assessment.request(NOW, output.max_items())?
    };
    let told = Told {
        report: posture::score(FILES, &request)?,
        delta: None,
        request,
    };
    let page = || page::of_files(FILES, &told.request);
    output::write(&told, output, page, Some(CLOSING))?;
    Ok(output::outcome([(None, &told.report)], output))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;

    use super::*;

    #[test]
    fn every_file_of_the_example_is_compiled_in() {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/clusters/boutique");
        let names = |folder: &str| -> Vec<String> {
            fs::read_dir(format!("{root}/{folder}"))
                .unwrap()
                .map(|entry| entry.unwrap())
                .filter(|entry| {
                    entry.file_type().unwrap().is_file() && entry.file_name() != "README.md"
                })
                .map(|entry| format!("{folder}{}", entry.file_name().to_str().unwrap()))
                .collect()
        };
        let there: BTreeSet<String> = names("").into_iter().chain(names("scans/")).collect();
        let compiled: BTreeSet<String> = FILES.iter().map(|file| file.name.to_owned()).collect();
        assert_eq!(compiled, there);
    }

    #[test]
    fn now_is_the_end_of_the_story() {
        assert_eq!(NOW.to_string(), "2026-11-20T11:00:00Z");
    }
}
