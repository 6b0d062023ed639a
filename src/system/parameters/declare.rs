//! The macros behind the list of parameters.

/// Declares the sections of single parameters, and [`super::Parameters`] that holds them.
macro_rules! parameters {
    ($(
        $(#[doc = $section_doc:literal])+
        $section:ident: $Section:ident {
            $($(#[doc = $doc:literal])+ $key:ident: $unit:literal in $low:literal..=$high:literal),+ $(,)?
        }
    )+) => {
        /// All parameters of a pack.
        #[derive(Clone, Debug, PartialEq)]
        pub struct Parameters {
            $($(#[doc = $section_doc])+ pub $section: $Section,)+
            tables: Vec<ProviderTable>,
        }

        $(
            $(#[doc = $section_doc])+
            #[derive(Clone, Debug, PartialEq)]
            pub struct $Section {
                $($(#[doc = $doc])+ #[doc = concat!(" \\[", $unit, "\\]")] pub $key: Parameter,)+
            }
        )+

        impl Parameters {
            /// The names of the sections.
            pub const SECTIONS: &'static [&'static str] = &[$(stringify!($section)),+];

            /// Builds all parameters, asking for each one.
            pub(crate) fn build(
                mut read: impl FnMut(&'static ParameterSpec) -> Parameter,
                tables: Vec<ProviderTable>,
            ) -> Self {
                Self {
                    $($section: $Section {
                        $($key: {
                            static SPEC: ParameterSpec = ParameterSpec {
                                section: stringify!($section),
                                key: stringify!($key),
                                doc: concat!($($doc),+),
                                unit: $unit,
                                low: $low,
                                high: $high,
                            };
                            read(&SPEC)
                        },)+
                    },)+
                    tables,
                }
            }

            /// Every parameter that is the same for all providers, as (section, key, parameter), in the
            /// order declared.
            pub fn iter(&self) -> impl Iterator<Item = (&'static str, &'static str, &Parameter)> {
                let all = [$($(&self.$section.$key),+),+];
                all.into_iter().map(|parameter| (parameter.spec.section, parameter.spec.key, parameter))
            }

            /// The parameter called `key`, such as `ward.bed_turnaround_hours`.
            pub fn parameter(&self, key: &str) -> Option<&Parameter> {
                let is_meant = |section, name| key.split_once('.') == Some((section, name));
                self.iter().find(|(section, name, _)| is_meant(section, name)).map(|found| found.2)
            }

            fn parameter_mut(&mut self, key: &str) -> Option<&mut Parameter> {
                match key {
                    $($(concat!(stringify!($section), ".", stringify!($key)) => Some(&mut self.$section.$key),)+)+
                    _ => None,
                }
            }

            /// A copy in which the parameter called `key`, such as `ward.bed_turnaround_hours`, is `value`.
            ///
            /// The interval of evidence stays as it is; the value may lie outside it, but not outside the
            /// allowed range.
            ///
            /// # Errors
            /// If there is no such parameter or the value is not allowed.
            pub fn with(&self, key: &str, value: f64) -> Result<Self, ParameterError> {
                let mut changed = self.clone();
                match changed.parameter_mut(key) {
                    Some(parameter) => parameter.set(value)?,
                    None => return Err(ParameterError::Unknown { key: key.chars().take(80).collect() }),
                }
                Ok(changed)
            }

            /// The values of a parameter that differs between providers, in the order of the pack.
            pub fn by_provider(&self, parameter: ProviderParameter) -> &[f64] {
                self.table(parameter).map_or(&[], |table| &table.values)
            }

            /// The same with status, source and interval.
            pub fn table(&self, parameter: ProviderParameter) -> Option<&ProviderTable> {
                self.tables.get(parameter as usize)
            }

            /// A copy in which the values of `parameter` are `values`, one for each provider in the order of
            /// the pack.
            ///
            /// # Errors
            /// If there are too few or too many values or one is not allowed.
            pub fn with_by_provider(
                &self,
                parameter: ProviderParameter,
                values: Vec<f64>,
            ) -> Result<Self, ParameterError> {
                let mut changed = self.clone();
                if let Some(table) = changed.tables.get_mut(parameter as usize) {
                    table.set(parameter, values)?;
                }
                Ok(changed)
            }
        }
    };
}

/// Declares the parameters that differ between providers.
macro_rules! provider_parameters {
    ($(
        $(#[doc = $doc:literal])+
        $Parameter:ident: $name:literal, $Group:ident, $unit:literal in $low:literal..=$high:literal;
    )+) => {
        /// A parameter that has one value for each provider of a group.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum ProviderParameter {
            $($(#[doc = $doc])+ #[doc = concat!(" \\[", $unit, "\\]")] $Parameter,)+
        }

        impl ProviderParameter {
            /// Every one of them, in the order declared.
            pub const ALL: &'static [Self] = &[$(Self::$Parameter),+];

            /// The name used in `parameters.toml`, under `by_provider`.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$Parameter => $name),+ }
            }

            /// What it is.
            pub const fn doc(self) -> &'static str {
                match self { $(Self::$Parameter => concat!($($doc),+)),+ }
            }

            /// The providers that have a value each.
            pub const fn group(self) -> ProviderGroup {
                match self { $(Self::$Parameter => ProviderGroup::$Group),+ }
            }

            /// Its unit.
            pub const fn unit(self) -> &'static str {
                match self { $(Self::$Parameter => $unit),+ }
            }

            /// The least and the greatest value allowed.
            pub const fn allowed(self) -> (f64, f64) {
                match self { $(Self::$Parameter => ($low, $high)),+ }
            }
        }
    };
}

pub(super) use {parameters, provider_parameters};
