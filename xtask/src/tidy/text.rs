//! Rules about comments and links.

use std::path::Path;

/// Words in comments that only their author can place.
const NARRATION: &[&str] = &[
    "as requested",
    "new implementation",
    "now we ",
    "old code",
    "for now",
    "in this session",
];

/// Complaints about comment lines.
pub(super) fn comments(text: &str) -> Vec<String> {
    let mut complaints = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let Some(comment) = line.trim_start().strip_prefix("//") else {
            continue;
        };
        let comment = comment.trim_start_matches(['/', '!']).trim();
        let number = index + 1;
        let rule = comment.chars().take_while(|c| "-=*#~".contains(*c)).count();
        if rule >= 4 {
            complaints.push(format!("line {number}: a banner"));
        }
        let lower = comment.to_lowercase();
        if lower.starts_with("step ") && lower.chars().nth(5).is_some_and(|c| c.is_ascii_digit()) {
            complaints.push(format!("line {number}: a numbered step"));
        }
        if let Some(word) = NARRATION.iter().find(|word| lower.contains(**word)) {
            complaints.push(format!("line {number}: `{}` tells history", word.trim()));
        }
    }
    complaints
}

/// Complaints about relative links of a Markdown file that lead nowhere.
pub(super) fn links(root: &Path, file: &Path, text: &str) -> Vec<String> {
    let folder = root
        .join(file)
        .parent()
        .map(Path::to_owned)
        .unwrap_or_default();
    let targets = text
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split([')', ' ']).next());
    targets
        .filter(|target| !target.contains("://") && !target.starts_with(['#', '<']))
        .filter_map(|target| {
            let path = target.split('#').next().unwrap_or_default();
            (!folder.join(path).exists())
                .then(|| format!("{}: the link {target} leads nowhere", file.display()))
        })
        .collect()
}
