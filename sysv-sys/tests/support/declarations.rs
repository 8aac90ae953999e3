//! bindgen's output as data: constants, types, members with their offsets, functions.
//!
//! The sizes and offsets are those of the layout assertions in the text, which hold: the crate would
//! not compile otherwise.

use std::collections::BTreeMap;

use super::tokens::tokens;

/// All items of a bindings file, by name.
#[derive(Debug, Clone, Default)]
pub struct Declarations {
    pub constants: BTreeMap<String, i64>,
    /// Aliases, and their types.
    pub aliases: BTreeMap<String, String>,
    pub records: BTreeMap<String, Record>,
    pub functions: BTreeMap<String, Function>,
}

/// A structure or a union.
#[derive(Debug, Clone, Default)]
pub struct Record {
    pub is_union: bool,
    /// `None` for an opaque one.
    pub size: Option<usize>,
    pub alignment: Option<usize>,
    pub members: Vec<Member>,
}

/// A member of a record.
#[derive(Debug, Clone)]
pub struct Member {
    pub name: String,
    pub kind: String,
    pub offset: Option<usize>,
}

impl Member {
    /// Returns whether it is a bit field, which has no offset.
    pub fn is_bits(&self) -> bool {
        self.name.starts_with("_bitfield")
    }
}

/// A function, by the types of its parameters.
#[derive(Debug, Clone)]
pub struct Function {
    /// The symbol, if it is not the function's name.
    pub link_name: Option<String>,
    pub parameters: Vec<String>,
    pub is_variadic: bool,
    pub returns: String,
}

/// A stream of tokens.
struct Stream {
    tokens: Vec<String>,
    at: usize,
}

impl Stream {
    fn next(&mut self) -> Option<String> {
        self.at += 1;
        self.tokens.get(self.at - 1).cloned()
    }

    fn word(&mut self) -> String {
        self.next().expect("the text goes on")
    }

    fn expect(&mut self, token: &str) {
        assert_eq!(self.word(), token, "at token {}", self.at);
    }

    /// Returns the text up to one of `ends` outside of brackets, and that end, and consumes both.
    fn until(&mut self, ends: &[&str]) -> (String, String) {
        let (mut text, mut depth) = (String::new(), 0);
        loop {
            let token = self.word();
            if depth == 0 && ends.contains(&token.as_str()) {
                return (text, token);
            }
            match token.as_str() {
                "[" | "(" | "<" => depth += 1,
                "]" | ")" | ">" => depth -= 1,
                _ => {}
            }
            if matches!(token.as_str(), "mut" | "const") {
                text = format!("{text}{token} ");
            } else {
                text += &token;
            }
        }
    }

    /// Skips to the end of a block in braces.
    fn skip_block(&mut self) {
        let mut depth = 0;
        loop {
            match self.word().as_str() {
                "{" => depth += 1,
                "}" if depth == 1 => return,
                "}" => depth -= 1,
                _ => {}
            }
        }
    }

    /// Returns the next number, such as `48usize`.
    fn number(&mut self) -> usize {
        loop {
            let word = self.word();
            if let Some(digits) = word.strip_suffix("usize") {
                return digits.parse().expect("a number of bytes");
            }
        }
    }
}

impl Declarations {
    pub fn parse(text: &str) -> Declarations {
        let mut found = Declarations::default();
        let mut stream = Stream {
            tokens: tokens(text),
            at: 0,
        };
        let mut link_name = None;
        while let Some(token) = stream.next() {
            match token.as_str() {
                "pub" => found.item(&mut stream, link_name.take()),
                "impl" => stream.skip_block(),
                // bindgen marks a symbol that must not be mangled.
                token if token.starts_with("\"\\u{1}") => {
                    link_name = Some(token[6..token.len() - 1].to_owned());
                }
                token if token.starts_with('"') => {
                    found.assertion(token.trim_matches('"'), &mut stream);
                }
                _ => {}
            }
        }
        found
    }

    fn item(&mut self, stream: &mut Stream, link_name: Option<String>) {
        match stream.word().as_str() {
            "const" => {
                let name = stream.word();
                stream.until(&["="]);
                let (value, _) = stream.until(&[";"]);
                let value = value.parse().expect("constants are numbers");
                self.constants.insert(name, value);
            }
            "type" => {
                let (name, _) = stream.until(&["="]);
                let (kind, _) = stream.until(&[";"]);
                self.aliases.insert(name, kind);
            }
            kind @ ("struct" | "union") => {
                let (name, _) = stream.until(&["{"]);
                let record = Record {
                    is_union: kind == "union",
                    ..members(stream)
                };
                self.records.insert(name, record);
            }
            "fn" => {
                let name = stream.word();
                let function = Function {
                    link_name,
                    ..function(stream)
                };
                self.functions.insert(name, function);
            }
            other => panic!("unknown item: {other}"),
        }
    }

    /// Records a layout assertion: its text, and the number that follows.
    fn assertion(&mut self, text: &str, stream: &mut Stream) {
        if let Some(name) = text.strip_prefix("Size of ") {
            self.record(name).size = Some(stream.number());
        } else if let Some(name) = text.strip_prefix("Alignment of ") {
            self.record(name).alignment = Some(stream.number());
        } else if let Some(path) = text.strip_prefix("Offset of field: ") {
            let (name, member) = path.split_once("::").expect("a member's path");
            let members = &mut self.record(name).members;
            let member = members.iter_mut().find(|known| known.name == member);
            member.expect("a member that was declared").offset = Some(stream.number());
        }
    }

    pub fn record(&mut self, name: &str) -> &mut Record {
        self.records
            .get_mut(name)
            .unwrap_or_else(|| panic!("{name} is not declared"))
    }

    /// Returns the type that `kind` resolves to.
    pub fn resolved<'a>(&'a self, kind: &'a str) -> &'a str {
        match self.aliases.get(kind) {
            Some(kind) => self.resolved(kind),
            None => kind,
        }
    }
}

fn members(stream: &mut Stream) -> Record {
    let mut record = Record::default();
    loop {
        match stream.word().as_str() {
            "}" => return record,
            "pub" => {
                let (name, _) = stream.until(&[":"]);
                let (kind, end) = stream.until(&[",", "}"]);
                record.members.push(Member {
                    name,
                    kind,
                    offset: None,
                });
                if end == "}" {
                    return record;
                }
            }
            // Private items are ignored.
            _ => {}
        }
    }
}

fn function(stream: &mut Stream) -> Function {
    stream.expect("(");
    let mut function = Function {
        link_name: None,
        parameters: Vec::new(),
        is_variadic: false,
        returns: "()".to_owned(),
    };
    loop {
        let (text, end) = stream.until(&[",", ")"]);
        // `name:type`, whose colon may be doubled by a path that follows it.
        match text.split_once(':') {
            Some((_, kind)) => function.parameters.push(kind.to_owned()),
            None => function.is_variadic |= text == "...",
        }
        if end == ")" {
            break;
        }
    }
    // An arrow, if it returns a value.
    if stream.word() == "-" {
        stream.expect(">");
        (function.returns, _) = stream.until(&[";"]);
    }
    function
}
