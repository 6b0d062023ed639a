//! Formulae in the text of a case: numbers, names, `+ - * / ^`, brackets and a few functions.

/// What is longer or deeper might overflow the stack when it is worked out.
const LONGEST: usize = 2_000;
const DEEPEST: usize = 50;

/// A formula that has been read.
#[derive(Clone, Debug, PartialEq)]
pub enum Expression {
    Number(f64),
    Name(String),
    Apply(String, Box<Expression>),
    Pair(char, Box<Expression>, Box<Expression>),
}

impl Expression {
    pub fn read(text: &str) -> Result<Self, String> {
        if text.len() > LONGEST {
            return Err(format!("a formula of {} characters, must be at most {LONGEST}", text.len()));
        }
        let mut reader = Reader { rest: text.trim_start(), depth: 0 };
        let found = reader.sum()?;
        if reader.rest.is_empty() { Ok(found) } else { Err(format!("cannot read `{}`", reader.rest)) }
    }

    /// The names it depends on, in order, each once.
    pub fn names(&self) -> Vec<String> {
        let mut names = match self {
            Self::Number(_) => Vec::new(),
            Self::Name(name) => vec![name.clone()],
            Self::Apply(_, inner) => inner.names(),
            Self::Pair(_, a, b) => [a.names(), b.names()].concat(),
        };
        names.sort();
        names.dedup();
        names
    }

    /// Its value; a name that `of` does not know is not a number.
    pub fn value(&self, of: &dyn Fn(&str) -> Option<f64>) -> f64 {
        match self {
            Self::Number(value) => *value,
            Self::Name(name) => of(name).unwrap_or(f64::NAN),
            Self::Apply(name, inner) => function(name).map_or(f64::NAN, |f| f(inner.value(of))),
            Self::Pair(sign, a, b) => {
                let (a, b) = (a.value(of), b.value(of));
                match sign {
                    '+' => a + b,
                    '-' => a - b,
                    '*' => a * b,
                    '/' => a / b,
                    _ => a.powf(b),
                }
            }
        }
    }
}

fn function(name: &str) -> Option<fn(f64) -> f64> {
    Some(match name {
        "sin" => f64::sin,
        "cos" => f64::cos,
        "exp" => f64::exp,
        "log" | "ln" => f64::ln,
        "sqrt" => f64::sqrt,
        "abs" => f64::abs,
        _ => return None,
    })
}

struct Reader<'a> {
    rest: &'a str,
    depth: usize,
}

impl Reader<'_> {
    fn take(&mut self, wanted: &[char]) -> Option<char> {
        let next = self.rest.chars().next().filter(|c| wanted.contains(c))?;
        self.rest = self.rest[next.len_utf8()..].trim_start();
        Some(next)
    }

    fn pairs(
        &mut self,
        signs: &[char],
        part: fn(&mut Self) -> Result<Expression, String>,
    ) -> Result<Expression, String> {
        let mut left = part(self)?;
        while let Some(sign) = self.take(signs) {
            left = Expression::Pair(sign, Box::new(left), Box::new(part(self)?));
        }
        Ok(left)
    }

    fn sum(&mut self) -> Result<Expression, String> {
        self.pairs(&['+', '-'], |reader| reader.pairs(&['*', '/'], Self::signed))
    }

    fn signed(&mut self) -> Result<Expression, String> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(format!("more than {DEEPEST} brackets, signs and powers within each other"));
        }
        let found = self.signed_part();
        self.depth -= 1;
        found
    }

    fn signed_part(&mut self) -> Result<Expression, String> {
        if self.take(&['-']).is_some() {
            let zero = Box::new(Expression::Number(0.0));
            return Ok(Expression::Pair('-', zero, Box::new(self.signed()?)));
        }
        let base = self.atom()?;
        match self.take(&['^']) {
            Some(sign) => Ok(Expression::Pair(sign, Box::new(base), Box::new(self.signed()?))),
            None => Ok(base),
        }
    }

    fn atom(&mut self) -> Result<Expression, String> {
        if self.take(&['(']).is_some() {
            let inner = self.sum()?;
            return self.take(&[')']).map(|_| inner).ok_or_else(|| "a bracket is open".into());
        }
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
        let end = self.rest.find(|c| !is_part(c)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        let (word, rest) = (word.to_string(), rest.trim_start());
        if word.is_empty() {
            return Err(format!("cannot read `{}`", self.rest));
        }
        self.rest = rest;
        if let Ok(number) = word.parse() {
            return Ok(Expression::Number(number));
        }
        if word == "pi" {
            return Ok(Expression::Number(std::f64::consts::PI));
        }
        if !word.starts_with(|c: char| c.is_ascii_alphabetic()) || word.contains('.') {
            return Err(format!("cannot read `{word}`"));
        }
        if !self.rest.starts_with('(') {
            return Ok(Expression::Name(word));
        }
        if function(&word).is_none() {
            return Err(format!("no function `{word}`"));
        }
        let inner = self.atom()?;
        Ok(Expression::Apply(word, Box::new(inner)))
    }
}
