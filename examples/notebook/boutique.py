# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {name: python3, display_name: Python 3, language: python}
# ---

# %% [markdown]
# # The score of a boutique
#
# From files to a score, what to do about it, and pictures of both. The cluster is the one that
# `posture demo` scores: a web shop with policies, an hour of flow logs, and image scans.
#
# `pip install "posture-score[plot,pandas]" jupytext`, then open this file as a notebook.

# %%
import tempfile
from pathlib import Path

import posture
import posture.plot

cluster = Path("../clusters/boutique")
result = posture.score(cluster, request={"now": "2026-11-20T11:00:00Z", "max_items": "all"})
result

# %% [markdown]
# ## Where points are lost
#
# Dark is the score. The rest of the ring is lost, in the colour of the risk type that loses it.

# %%
posture.plot.score(result)

# %% [markdown]
# Every lost point has an owner: a type, a namespace, and in it images, workloads and edges.

# %%
posture.plot.waterfall(result)

# %%
posture.plot.namespaces(result)

# %% [markdown]
# ## What to do
#
# Actions are ranked by what they gain. As a table of pandas:

# %%
result.actions.to_pandas()[["id", "severity", "gain", "gain_max", "part", "whole"]]

# %% [markdown]
# What the first one is about:

# %%
action = result.actions[0]
print(action.title)
for item in action.items:
    print(f"{item.points:6.2f}  {item.key}")

# %% [markdown]
# Gains add up to a plan. What a scan finds is not known before: light is what it gains at best.

# %%
engine = posture.Engine(cluster)
tally = engine.tally()
posture.plot.plan(engine.plan(tally, target=100))

# %% [markdown]
# ## What if
#
# One assessment, held open: each scenario costs what it moves.

# %%
what_if = engine.what_if(tally)
isolated = what_if.try_out(done=["isolate-namespace/storefront"])
by_traffic_alone = what_if.try_out(weights={"high_risk_images": 0, "unscanned_images": 0})
{
    "now": what_if.now.score,
    "storefront isolated": isolated.score,
    "traffic alone": by_traffic_alone.score,
}

# %% [markdown]
# ## Policies
#
# Recommended policies are asked about every edge that was seen before they are shown. They are staged:
# applying them changes nothing but what the next flow logs tell.

# %%
recommended = engine.recommend(tally, namespaces=["storefront"])
for recommendation in recommended.recommendations:
    proof = recommendation.proof
    print(f"covers {proof.covered} of {proof.targets}, would deny {len(proof.would_deny)}")
print(recommended.yaml[:600])

# %%
with_them = what_if.try_out(policies=recommended.yaml)
print(f"{what_if.now.score:.1f} -> {with_them.score:.1f}")

# %% [markdown]
# ## History
#
# Points are appended and never changed; a difference is explained to the last unit.

# %%
history = posture.History(Path(tempfile.mkdtemp()) / "history.db")
for day in (18, 19, 20):
    history.record(
        posture.score(
            cluster,
            (cluster / "staged.yaml").read_bytes() if day == 20 else b"",
            request={"now": f"2026-11-{day}T11:00:00Z", "max_items": "all"},
        )
    )
posture.plot.history(history.points())
