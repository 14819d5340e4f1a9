//! A path through a network as a picture: the request downward, the answer upward beside it.

use maud::{Markup, PreEscaped, html};

/// Pixels of the picture's own scale.
const COLUMN: usize = 336;
const GAP: usize = 28;
const MARGIN: usize = 12;
const ARROW: usize = 30;
const LINE: usize = 17;
/// Characters of a rule in one line of a box.
const WIDE: usize = 44;
/// Characters of an identifier in one line, and lines of it.
const WIDE_ID: usize = 38;
const ID_LINES: usize = 3;
/// Lines of rules that a box shows.
const LINES: usize = 5;

/// Colors where no page gives them, light and dark.
const COLORS: &str = "\
.path-picture{font-family:system-ui,sans-serif;--card:#fff;--text:#17202a;--soft:#57636f;--line:#c3ccd5;--accent:#0f766e;--link:#0b5f8a;--critical:#9f1239}\
@media(prefers-color-scheme:dark){.path-picture{--card:#161c22;--text:#e4e9ee;--soft:#97a3af;--line:#3a4650;--accent:#2dd4bf;--link:#7cc4f0;--critical:#f43f5e}}";

/// How the parts look; the variables are the page's.
const LOOK: &str = include_str!("../assets/path.css");

/// A component of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// `CloudFormation` type name.
    pub kind: String,
    pub id: String,
    /// The rules that decide, each in a line.
    pub rules: Vec<String>,
    /// Packets end here.
    pub blocks: bool,
}

/// A path with its two ends.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Picture {
    /// What it shows, in a few words.
    pub title: String,
    /// From the first end to the last.
    pub request: Vec<Node>,
    /// From the last end back to the first, which may be left out.
    pub reply: Vec<Node>,
}

/// A type's name as people say it: `AWS::EC2::NetworkAcl` is a network ACL.
pub fn kind_words(kind: &str) -> String {
    let name = kind.rsplit("::").next().unwrap_or(kind);
    match name {
        "NetworkAcl" => return "Network ACL".to_owned(),
        "VPNGateway" => return "Virtual private gateway".to_owned(),
        "VPCPeeringConnection" => return "VPC peering connection".to_owned(),
        "VPCEndpoint" => return "VPC endpoint".to_owned(),
        "NatGateway" => return "NAT gateway".to_owned(),
        "VPC" => return "VPC".to_owned(),
        _ => {}
    }
    let mut words = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        if words.is_empty() {
            words.push(letter);
        } else {
            words.extend(letter.to_lowercase());
        }
    }
    words
}

/// Cuts a text into lines, at commas, blanks and slashes where there are any.
fn lines(text: &str, wide: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for part in text.split_inclusive([',', ' ', '/']) {
        let length = line.chars().count() + part.chars().count();
        if !line.is_empty() && length > wide {
            lines.push(std::mem::take(&mut line));
        }
        for letter in part.chars() {
            if line.chars().count() == wide {
                lines.push(std::mem::take(&mut line));
            }
            line.push(letter);
        }
    }
    lines.push(line);
    lines
}

/// A box with its place.
struct Placed<'n> {
    node: &'n Node,
    ids: Vec<String>,
    texts: Vec<String>,
    x: usize,
    y: usize,
    width: usize,
    is_end: bool,
}

impl<'n> Placed<'n> {
    fn new(node: &'n Node, is_end: bool) -> Self {
        let own = format!("{},", node.id);
        let rules = node.rules.iter().map(|rule| rule.replace(&own, ""));
        let mut texts: Vec<String> = rules.flat_map(|rule| lines(&rule, WIDE)).collect();
        if texts.len() > LINES {
            let more = texts.len() - LINES + 1;
            texts.truncate(LINES - 1);
            texts.push(format!("… {more} more lines"));
        }
        let mut ids = lines(short(&node.id), WIDE_ID);
        ids.truncate(ID_LINES);
        Self {
            node,
            ids,
            texts,
            x: 0,
            y: 0,
            width: COLUMN,
            is_end,
        }
    }

    fn height(&self) -> usize {
        29 + (self.ids.len() + self.texts.len()) * LINE
    }

    fn bottom(&self) -> usize {
        self.y + self.height()
    }

    fn draw(&self) -> Markup {
        let class = match (self.node.blocks, self.is_end) {
            (true, _) => "blocks",
            (false, true) => "end",
            (false, false) => "part",
        };
        let left = self.x + 12;
        html! {
            g class=(class) {
                rect x=(self.x) y=(self.y) width=(self.width) height=(self.height()) rx="8" {}
                text.kind x=(left) y=(self.y + 18) { (kind_words(&self.node.kind)) }
                @for (number, line) in self.ids.iter().enumerate() {
                    text.id x=(left) y=(self.y + 36 + number * LINE) { (line) }
                }
                @let below = self.y + 37 + self.ids.len() * LINE;
                @for (number, line) in self.texts.iter().enumerate() {
                    text.rule x=(left) y=(below + number * LINE) { (line) }
                }
                @if self.node.blocks {
                    @let (x, y) = (self.x + self.width - 26, self.y + 12);
                    path.cross d={ "M" (x) " " (y) "l14 14m0 -14l-14 14" } {}
                }
            }
        }
    }
}

/// An ARN's last part says which; what kind it is stands above it.
fn short(id: &str) -> &str {
    if !id.starts_with("arn:") {
        return id;
    }
    let last = id.splitn(6, ':').last().unwrap_or(id);
    let kinds = ["loadbalancer/", "targetgroup/", "listener/"];
    let own = kinds.iter().find_map(|kind| last.strip_prefix(kind));
    own.unwrap_or(last)
}

/// An arrow straight down or up.
fn arrow(class: &str, x: usize, from: usize, to: usize) -> Markup {
    let down = to > from;
    let (shaft, tip) = if down {
        (
            to.saturating_sub(7),
            format!(
                "M{} {}l5 8l5 -8z",
                x.saturating_sub(5),
                to.saturating_sub(8)
            ),
        )
    } else {
        (
            to + 7,
            format!("M{} {}l5 -8l5 8z", x.saturating_sub(5), to + 8),
        )
    };
    html! {
        path class=(class) d={ "M" (x) " " (from) "V" (shaft) } {}
        path class={ "tip " (class) } d=(tip) {}
    }
}

/// What the picture shows, for those who do not see it.
pub fn description(picture: &Picture) -> String {
    let told = |nodes: &[Node]| -> Vec<String> {
        let nodes = nodes.iter();
        nodes
            .map(|node| {
                let rules = match node.rules.as_slice() {
                    [] => String::new(),
                    rules => format!(" ({})", rules.join("; ")),
                };
                let end = if node.blocks {
                    ", which stops the packets"
                } else {
                    ""
                };
                format!("{} {}{rules}{end}", kind_words(&node.kind), node.id)
            })
            .collect()
    };
    let mut text = format!(
        "The request passes {}.",
        told(&picture.request).join(", then ")
    );
    if !picture.reply.is_empty() {
        text.push_str(" The answer passes ");
        text.push_str(&told(&picture.reply).join(", then "));
        text.push('.');
    }
    text
}

/// Places a column of boxes and says where it ends.
fn column(nodes: &mut [Placed<'_>], x: usize, mut y: usize) -> usize {
    for placed in nodes {
        placed.x = x;
        placed.y = y;
        y += placed.height() + ARROW;
    }
    y
}

/// The boxes of a picture in their places.
struct Layout<'n> {
    first: Option<Placed<'n>>,
    request: Vec<Placed<'n>>,
    /// From the first end downward.
    reply: Vec<Placed<'n>>,
    last: Option<Placed<'n>>,
    width: usize,
    height: usize,
}

impl<'n> Layout<'n> {
    fn of(picture: &'n Picture) -> Self {
        let begin = picture.request.first().map(|node| &node.id);
        let closes = picture.reply.last().map(|node| &node.id) == begin;
        let shown = picture.reply.len() - usize::from(closes && begin.is_some());
        let two = shown > 0;
        let part = |node| Placed::new(node, false);
        let mut request: Vec<Placed<'_>> = picture.request.iter().map(part).collect();
        let mut reply: Vec<Placed<'_>> = picture.reply.iter().take(shown).map(part).collect();
        reply.reverse();
        let mut last = (request.len() > 1).then(|| request.pop()).flatten();
        let mut first = (!request.is_empty()).then(|| request.remove(0));
        let whole = if two { 2 * COLUMN + GAP } else { COLUMN };
        let mut top = MARGIN;
        if let Some(first) = &mut first {
            (first.x, first.y, first.width, first.is_end) = (MARGIN, top, whole, true);
            top = first.bottom() + ARROW;
        }
        let left_end = column(&mut request, MARGIN, top);
        let right_height: usize = reply.iter().map(|placed| placed.height() + ARROW).sum();
        let bottom = left_end.max(top + right_height);
        column(&mut reply, MARGIN + COLUMN + GAP, bottom - right_height);
        let mut end = bottom;
        if let Some(last) = &mut last {
            (last.x, last.y, last.width, last.is_end) = (MARGIN, bottom, whole, true);
            end = last.bottom();
        }
        Self {
            first,
            request,
            reply,
            last,
            width: whole + 2 * MARGIN,
            height: end + MARGIN + if two { 22 } else { 0 },
        }
    }

    fn chain<'l>(&'l self, middle: &'l [Placed<'n>]) -> Vec<&'l Placed<'n>> {
        self.first.iter().chain(middle).chain(&self.last).collect()
    }

    fn draw(&self) -> Markup {
        let two = !self.reply.is_empty();
        let left = MARGIN + COLUMN / 2;
        let right = left + COLUMN + GAP;
        html! {
            @for pair in self.chain(&self.request).windows(2) {
                @if let [a, b] = pair { (arrow("request", left, a.bottom(), b.y)) }
            }
            @if two {
                @for pair in self.chain(&self.reply).windows(2) {
                    @if let [a, b] = pair { (arrow("reply", right, b.y, a.bottom())) }
                }
            }
            @for placed in self.chain(&self.request) { (placed.draw()) }
            @for placed in &self.reply { (placed.draw()) }
            @if two {
                text.legend x=(MARGIN) y=(self.height - MARGIN) { "↓ request" }
                text.legend x=(right - COLUMN / 2) y=(self.height - MARGIN) { "⇡ answer" }
            }
        }
    }
}

/// The picture in a page that has its colors.
pub fn svg(picture: &Picture) -> Markup {
    let layout = Layout::of(picture);
    let (width, height) = (layout.width, layout.height);
    html! {
        svg.path-picture viewBox={ "0 0 " (width) " " (height) } width=(width) height=(height)
            role="img" aria-labelledby="path-title path-text" {
            title id="path-title" { (picture.title) }
            desc id="path-text" { (description(picture)) }
            (layout.draw())
        }
    }
}

/// A file of its own with pictures one below the other.
pub fn file(pictures: &[Picture]) -> Markup {
    let mut y = 0;
    let mut placed = Vec::new();
    for picture in pictures {
        let layout = Layout::of(picture);
        let height = layout.height + 30;
        placed.push((y, picture, layout));
        y += height;
    }
    let width = placed.iter().map(|(_, _, layout)| layout.width).max();
    let width = width.unwrap_or(COLUMN);
    html! {
        svg.path-picture xmlns="http://www.w3.org/2000/svg" viewBox={ "0 0 " (width) " " (y) }
            width=(width) height=(y) role="img" {
            title { "Paths through networks" }
            desc { @for picture in pictures { (picture.title) ". " (description(picture)) " " } }
            style { (PreEscaped(COLORS)) (PreEscaped(LOOK)) }
            @for (y, picture, layout) in &placed {
                g transform={ "translate(0," (y) ")" } {
                    text.id x=(MARGIN) y="22" { (picture.title) }
                    g transform="translate(0,26)" { (layout.draw()) }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Node, Picture, description, file, kind_words, lines, short, svg};

    fn node(kind: &str, id: &str, rules: &[&str]) -> Node {
        Node {
            kind: kind.to_owned(),
            id: id.to_owned(),
            rules: rules.iter().map(|rule| (*rule).to_owned()).collect(),
            blocks: false,
        }
    }

    fn picture() -> Picture {
        Picture {
            title: "Port 22 is reachable".to_owned(),
            request: vec![
                node("AWS::EC2::InternetGateway", "igw-1", &[]),
                node(
                    "AWS::EC2::SecurityGroup",
                    "sg-1",
                    &["sgr-1 sg-1,ingress,tcp,22,0.0.0.0/0"],
                ),
                node("AWS::EC2::Instance", "i-<1>", &[]),
            ],
            reply: vec![
                node("AWS::EC2::RouteTable", "rtb-1", &["0.0.0.0/0"]),
                node("AWS::EC2::InternetGateway", "igw-1", &[]),
            ],
        }
    }

    #[test]
    fn each_end_is_drawn_once_and_told_in_words() {
        let drawn = svg(&picture()).into_string();
        for (text, count) in [
            (">igw-1<", 1),
            (">Internet gateway<", 1),
            ("i-&lt;1&gt;", 2),
            (">sgr-1 ingress,tcp,22,0.0.0.0/0<", 1),
            (">Route table<", 1),
            ("<style>", 0),
            ("tip request", 2),
            ("tip reply", 2),
        ] {
            assert_eq!(drawn.matches(text).count(), count, "{text}: {drawn}");
        }
        let both = file(&[picture(), picture()]).into_string();
        assert!(both.contains("prefers-color-scheme:dark"));
        assert_eq!(both.matches(">igw-1<").count(), 2);
        assert_eq!(
            description(&picture()),
            "The request passes Internet gateway igw-1, then Security group sg-1 \
             (sgr-1 sg-1,ingress,tcp,22,0.0.0.0/0), then Instance i-<1>. The answer passes Route \
             table rtb-1 (0.0.0.0/0), then Internet gateway igw-1."
        );
    }

    #[test]
    fn what_stops_packets_is_crossed_out() {
        let mut closed = picture();
        closed.reply.clear();
        closed.request.truncate(2);
        closed.request[1].blocks = true;
        let drawn = svg(&closed).into_string();
        assert_eq!(drawn.matches("class=\"cross\"").count(), 1, "{drawn}");
        assert!(!drawn.contains("tip reply"));
        assert!(!svg(&Picture::default()).into_string().contains("<rect"));
    }

    #[test]
    fn long_rules_are_cut_at_their_commas() {
        for line in lines(
            "sgr-0123456789abcdef0 ingress,tcp,22,2001:0db8:0000:0000:0000:0000:0000:0000/128",
            44,
        ) {
            assert!(line.chars().count() <= 44, "{line}");
        }
        assert_eq!(lines("short", 44), ["short"]);
        assert_eq!(lines("a-name/0123456789", 8), ["a-name/", "01234567", "89"]);
        let arn = "arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/app/web/50dc6c495c0c9188";
        assert_eq!(short(arn), "app/web/50dc6c495c0c9188");
        assert_eq!(
            kind_words("AWS::ElasticLoadBalancingV2::TargetGroup"),
            "Target group"
        );
    }
}
