//! How closely the tests here agree with the verification cases.

/// Agreement to 1e-9, relative or absolute (the cases carry twelve digits).
pub(crate) fn agrees(actual: f64, value: f64) {
    within(actual, value, 1e-9 * value.abs().max(1e-3));
}

/// Agreement to the error that a case states for its own value.
pub(crate) fn within(actual: f64, value: f64, error: f64) {
    assert!((actual - value).abs() <= error, "{actual} is not {value} to {error:e}");
}
