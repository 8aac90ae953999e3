//! Telling whether what was heard is what the other side should have said, and what is wrong with it if not.

use std::fmt;

use super::record::Record;

/// Something was heard that the other side cannot have said.
#[derive(Debug)]
pub struct Corruption {
    heard: Record,
    /// What one had said oneself, and what should have been heard; nothing before the first word.
    said: Option<(Record, Record)>,
}

/// Checks what was heard after one had said something, or before one has said anything.
pub fn check(heard: &Record, said: Option<&Record>) -> Result<(), Box<Corruption>> {
    let expected = said.map(Record::answer);
    let good = match &expected {
        Some(expected) => heard == expected,
        None => heard.is_whole(),
    };
    if good {
        return Ok(());
    }
    Err(Box::new(Corruption {
        heard: heard.clone(),
        said: said.cloned().zip(expected),
    }))
}

impl fmt::Display for Corruption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("corruption: ")?;
        let Some((said, expected)) = &self.said else {
            return f.write_str("the first thing heard is not one digest, eight times over");
        };
        let (heard, said, expected) = (self.heard.bytes(), said.bytes(), expected.bytes());
        let length = Record::LENGTH;
        let new = (0..length).filter(|&i| heard[i] == expected[i]).count();
        if (0..length).all(|i| heard[i] == expected[i] || heard[i] == said[i]) {
            let old = length - new;
            write!(
                f,
                "{new} of {length} bytes are the answer, and {old} are still the question"
            )
        } else {
            write!(f, "{} is heard where the answer is ", self.heard)?;
            write!(
                f,
                "{}; {new} of {length} bytes are right",
                expected[..32].escape_ascii()
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_fine_and_a_torn_one_is_told() {
        let said = Record::seed();
        let mut heard = said.answer();
        assert!(check(&heard, Some(&said)).is_ok());
        assert!(check(&heard, None).is_ok());
        heard.bytes_mut()[88..].copy_from_slice(&said.bytes()[88..]);
        let text = check(&heard, Some(&said)).unwrap_err().to_string();
        assert!(text.contains("are still the question"), "{text}");
        let text = check(&heard, None).unwrap_err().to_string();
        assert!(text.contains("the first thing heard"), "{text}");
        let text = check(&Record::seed(), Some(&said)).unwrap_err().to_string();
        assert!(text.contains("is heard where the answer is"), "{text}");
    }
}
