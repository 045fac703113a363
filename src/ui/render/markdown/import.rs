//! The values of a file, as Markdown.

use super::{code, facts, plain, sentence};
use crate::ui::views::ImportView;

/// The profile, and what was left out.
#[must_use]
pub fn import(view: &ImportView) -> String {
    let mut text = format!("### {}\n\n", plain(&view.name));
    text.push_str(&facts(&[
        ("description", view.description.clone()),
        ("source", view.source.clone()),
    ]));
    if let Some(written) = view.written() {
        text.push_str(&format!("- {}\n", plain(&written)));
    }
    text.push_str("\n| hyperparameter | value |\n|---|--:|\n");
    for (name, value) in &view.hyperparameters {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        text.push_str(&format!("| {} | {} |\n", code(name), code(&value)));
    }
    let Some(import) = view.printed() else { return text };
    if !import.left_out.is_empty() {
        text.push_str("\n**Left out**\n\n");
    }
    for left in &import.left_out {
        text.push_str(&format!("- {}: {}\n", code(&left.name), sentence(&left.why)));
    }
    if let Some(hint) = import.hint() {
        text.push_str(&format!("\nHint: {}\n", sentence(hint)));
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::profile_yaml::{Names, import, parse, write};

    #[test]
    fn a_profile_and_what_another_tool_printed_come_from_one_view() {
        let text = "format_version: 1\nname: strict\ndescription: \"# not a <b>head</b>\"\n\
                    source: me\nhyperparameters:\n  tempo: 360\n";
        let profile = parse(text, "strict.yaml", Names::Known).unwrap();
        let view = ImportView::of(&profile, None, write(&profile));
        assert_eq!(
            json!(view),
            json!({
                "form": "profile",
                "left_out": [],
                "name": "strict",
                "description": "# not a <b>head</b>",
                "source": "me",
                "hyperparameters": { "tempo": "360" },
            })
        );
        assert_eq!(
            super::import(&view),
            "### strict\n\n- description: &#35; not a &lt;b&gt;head&lt;/b&gt;\n- source: me\n\n\
             | hyperparameter | value |\n|---|--:|\n| `tempo` | `360` |\n"
        );
        let printed =
            r#"[{"hyperparameter": "tempo", "value": 360}, {"hyperparameter": "|x|", "value": 1}]"#;
        let mut taken = import::read(printed, "printed.json").unwrap().unwrap();
        let profile = taken.profile().unwrap();
        let mut view = ImportView::of(&profile, Some(taken), write(&profile));
        view.output = Some("out.yaml".to_owned());
        let text = super::import(&view);
        assert!(text.contains("\n- 1 value written to out.yaml\n"), "{text}");
        assert!(text.contains("\n- `\\|x\\|`: "), "{text}");
        assert_eq!(json!(view)["form"], "btcli_9_json");
        assert_eq!(json!(view)["left_out"].as_array().unwrap().len(), 1);
    }
}
