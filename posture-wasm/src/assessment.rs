//! An assessment that a page holds open.

use js_sys::{Function, Uint8Array};
use posture::core::json;
use posture::core::model::Policy;
use posture::core::plan::Goal;
use posture::core::points::Points;
use posture::core::remedy::ActionId;
use posture::core::request::Request;
use posture::{
    Bundle, Changes, HeldWhatIf, Intake, Opened, Recommended, Saved, WantedForm, enforced,
};
use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::named;
use crate::reading::{make_room_beside, telling};

/// How policies are called in what is told of them.
const POLICIES: &str = "policies";

/// An assessment that is held open: a result, plans, recommendations, and what would be if.
#[wasm_bindgen]
pub struct Assessment {
    opened: Opened,
    /// What it is made of, if that is kept.
    made_of: Option<Bundle>,
    /// What would be if, once it was asked for: a result alone is there sooner.
    what_if: Option<HeldWhatIf>,
    /// The same with policies that were tried last, and their text.
    governed: Option<(String, HeldWhatIf)>,
}

#[wasm_bindgen]
impl Assessment {
    /// Reads files: `names[i]` is the name of `contents[i]`, `request` the text of a JSON object, `"{}"`
    /// for the defaults. `progress`, if given, is called with the number of bytes that were read so far.
    /// Throws an `Error` when the request or the input as a whole cannot be used.
    #[wasm_bindgen(constructor)]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "JavaScript hands over values, never references"
    )]
    pub fn new(
        names: Vec<String>,
        contents: Vec<Uint8Array>,
        request: String,
        progress: Option<Function>,
    ) -> Result<Self, JsError> {
        let files = named(names, &contents)?;
        make_room_beside(files.iter().map(|(_, bytes)| &**bytes));
        let saved = Saved::read(files, request, &mut telling(progress))?;
        Ok(Self::of(saved.opened, Some(saved.made_of)))
    }

    /// Opens what `to_bytes` gave; with a preset, such as `"calico-preview"`, by its method.
    pub fn from_bytes(bytes: &[u8], preset: Option<String>) -> Result<Self, JsError> {
        make_room_beside([bytes].into_iter());
        let saved = match preset {
            Some(preset) => {
                let preset = json::from_str(&serde_json::to_string(&preset)?)?;
                Saved::from_bytes_by(bytes, preset)
            }
            None => Saved::from_bytes(bytes),
        };
        let Saved { opened, made_of } = saved?;
        Ok(Self::of(opened, Some(made_of)))
    }

    /// All that the assessment is made of, as bytes: of flow logs the edges alone, of all else the files
    /// as they came, with whatever secrets are in them. Nothing where it comes from a `Reading`, which keeps no files.
    pub fn to_bytes(&self) -> Option<Vec<u8>> {
        let made_of = self.made_of.as_ref()?;
        Some(self.opened.to_bytes(made_of))
    }

    /// The result as canonical JSON text.
    pub fn report(&self) -> String {
        self.opened.report().to_json()
    }

    /// The items of an action from one place to before another in the list that has the heaviest first, as
    /// JSON text; `null` where the action gains nothing. Of a workload as many edges are listed at most.
    pub fn items(&self, action: &str, start: usize, end: usize) -> Result<String, JsError> {
        let Opened {
            prepared, tally, ..
        } = &self.opened;
        written(&prepared.items(tally, &action.parse::<ActionId>()?, start..end))
    }

    /// The items that a dismissal of an action is about, as the JSON text that a file of dismissals has for
    /// them; `null` where the action gains nothing.
    pub fn snapshot(&self, action: &str) -> Result<String, JsError> {
        let Opened {
            prepared, tally, ..
        } = &self.opened;
        written(&prepared.snapshot(tally, &action.parse::<ActionId>()?))
    }

    /// What history keeps of the result, as JSON text.
    pub fn point(&self) -> String {
        self.opened.point().to_json()
    }

    /// Makes ready what the first change needs, which else makes it ready itself.
    pub fn warm_up(&mut self) {
        self.what_if();
    }

    /// Goes over to another scenario, and says what the scores are there, as JSON text.
    ///
    /// `changes` is the text of a JSON object with any of `done`, `dismiss` and `revert` (lists of
    /// actions), `weights` (numbers by type) and `left_out` (a list of namespaces), all against the
    /// assessment as it was opened. `policies` are manifests in YAML or JSON, which count as enforced.
    pub fn try_out(&mut self, changes: &str, policies: Option<String>) -> Result<String, JsError> {
        let changes: Changes = json::from_str(changes)?;
        let request = &self.opened.prepared.request;
        let scenario = changes.scenario(request)?;
        self.what_if().check(&changes)?;
        self.govern(policies)?;
        written(&self.held().try_out(scenario))
    }

    /// The namespaces in the scenario that was tried last, as JSON text: the highest risk first.
    pub fn namespaces(&mut self) -> Result<String, JsError> {
        written(&self.held().namespaces())
    }

    /// What is left to do in the scenario that was tried last, as JSON text: the best first.
    pub fn left(&mut self) -> Result<String, JsError> {
        written(&self.held().left())
    }

    /// The shortest way from the scenario that was tried last to a score, such as `"80"`, or of so many
    /// steps, as JSON text.
    pub fn plan(
        &mut self,
        target: Option<String>,
        steps: Option<usize>,
    ) -> Result<String, JsError> {
        let goal = match target {
            Some(target) => Goal::Score(target.parse::<Points>()?),
            None => Goal::Steps(steps.unwrap_or(usize::MAX)),
        };
        written(&self.held().plan(goal))
    }

    /// Recommended policies, for some namespaces where any are named: the JSON text of all, and behind it
    /// the YAML of each.
    pub fn recommend(&self, wanted: &str, namespaces: Vec<String>) -> Result<Vec<String>, JsError> {
        let form: WantedForm = json::from_str(wanted)?;
        let wanted = form.wanted()?;
        let named = namespaces.into_iter().collect();
        let Opened {
            prepared,
            tally,
            issues,
            ..
        } = &self.opened;
        let all = prepared.recommend(tally, issues.clone(), &wanted, &named);
        let all = all?;
        let yaml = all.recommendations.iter().map(Recommended::to_yaml);
        Ok([all.to_json()].into_iter().chain(yaml).collect())
    }
}

impl Assessment {
    pub(crate) fn of(opened: Opened, made_of: Option<Bundle>) -> Self {
        Self {
            opened,
            made_of,
            what_if: None,
            governed: None,
        }
    }

    fn what_if(&mut self) -> &mut HeldWhatIf {
        let opened = &self.opened;
        self.what_if.get_or_insert_with(|| opened.what_if())
    }

    /// Opens the assessment under policies, unless they are those of before.
    fn govern(&mut self, policies: Option<String>) -> Result<(), JsError> {
        let tried = self.governed.as_ref().map(|(text, _)| text);
        if policies.as_ref() != tried {
            self.governed = None;
            if let Some(text) = policies {
                let governed = self.what_if().with_policies(read(&text)?);
                self.governed = Some((text, governed));
            }
        }
        Ok(())
    }

    /// What the scenario was tried on last.
    fn held(&mut self) -> &mut HeldWhatIf {
        if let Some((_, governed)) = &mut self.governed {
            governed
        } else {
            let opened = &self.opened;
            self.what_if.get_or_insert_with(|| opened.what_if())
        }
    }
}

/// Reads policies, as if they were enforced.
fn read(policies: &str) -> Result<Vec<Policy>, JsError> {
    let mut intake = Intake::default();
    intake.add_bytes(POLICIES, policies.as_bytes());
    let (cluster, issues) = intake.cluster(&Request::default())?;
    Ok(enforced(cluster, issues)?)
}

fn written(value: &impl Serialize) -> Result<String, JsError> {
    Ok(serde_json::to_string(value)?)
}
