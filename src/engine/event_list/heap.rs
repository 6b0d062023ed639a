//! An implicit 8-ary heap of integer keys, the least first.
//!
//! The root stands alone and siblings fill one line of the cache, so that each step down touches one
//! line. Places that no key has hold [`NONE`], which loses every comparison: a group of siblings is
//! never partly there.
//!
//! Taking the root leaves a hole, which the next key to come fills from above. Most events schedule
//! one other, which then costs one way down instead of one down and two up; the hole is only closed
//! with the last key when the next key is asked for and none has come.

/// Later than every key.
pub(super) const NONE: u64 = u64::MAX;

const WIDTH: usize = 8;

#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
struct Siblings([u64; WIDTH]);

/// A key and where it stands among its siblings.
type Lane = (usize, u64);

#[inline(always)]
fn earlier(a: Lane, b: Lane) -> Lane {
    if b.1 < a.1 { b } else { a }
}

impl Siblings {
    const NOBODY: Self = Self([NONE; WIDTH]);

    /// The least of the eight and where it stands, by a tournament.
    #[inline(always)]
    fn least(&self) -> Lane {
        let [a, b, c, d, e, f, g, h] = self.0;
        let first = earlier(earlier((0, a), (1, b)), earlier((2, c), (3, d)));
        let second = earlier(earlier((4, e), (5, f)), earlier((6, g), (7, h)));
        earlier(first, second)
    }
}

/// A place below the root: which group of siblings, and where in it.
type Place = (usize, usize);

/// The place numbered `number` from 0, level by level.
#[inline]
const fn place(number: usize) -> Place {
    (number / WIDTH, number % WIDTH)
}

/// The group of the children of `place`: group 0 are the children of the root.
#[inline]
const fn group_below((group, lane): Place) -> usize {
    WIDTH * group + lane + 1
}

/// The heap.
#[derive(Clone, Debug)]
pub(super) struct Heap {
    // `NONE` is a hole, as it is when there is nothing at all
    root: u64,
    // the least of the children of the root, as of when it was last looked for
    next: Lane,
    below: Vec<Siblings>,
    // keys below the root
    length: usize,
}

impl Heap {
    pub(super) const EMPTY: Self = Self { root: NONE, next: (0, NONE), below: Vec::new(), length: 0 };

    /// Number of keys.
    #[inline]
    pub(super) fn len(&self) -> usize {
        self.length + usize::from(self.root != NONE)
    }

    /// The least key, unless it was taken and nothing has come since: then `NONE`, and
    /// [`Heap::close_hole`] brings it up.
    #[inline]
    pub(super) fn root(&self) -> u64 {
        self.root
    }

    /// The least key, or `NONE`, also while there is a hole: then as of when [`Heap::next`] was asked for.
    #[inline(always)]
    pub(super) fn least(&self) -> u64 {
        match self.root {
            NONE if self.length > 0 => self.next.1,
            root => root,
        }
    }

    /// Whether there is anything below the root.
    #[inline]
    pub(super) fn is_deep(&self) -> bool {
        self.length > 0
    }

    /// The least key below the root, or `NONE`. Asked for before [`Heap::take_root`].
    #[inline]
    pub(super) fn next(&mut self) -> u64 {
        if self.length == 0 {
            return NONE;
        }
        self.next = self.least_of_first();
        self.next.1
    }

    #[inline]
    fn least_of_first(&self) -> Lane {
        self.below.first().map_or((0, NONE), Siblings::least)
    }

    /// Removes the root, after [`Heap::next`] was asked for.
    #[inline]
    pub(super) fn take_root(&mut self) {
        self.root = NONE;
    }

    #[inline]
    pub(super) fn push(&mut self, key: u64) {
        if self.length == 0 && self.root == NONE {
            self.root = key;
        } else {
            self.push_among(key);
        }
    }

    #[inline(never)]
    fn push_among(&mut self, key: u64) {
        if self.root == NONE {
            self.fill_root(key);
        } else {
            self.push_below(key);
        }
    }

    /// Puts `key` into the hole at the root and lets it sink.
    #[inline]
    fn fill_root(&mut self, key: u64) {
        let (lane, least) = self.next;
        if least < key {
            self.root = least;
            self.sink((0, lane), key);
        } else {
            self.root = key;
        }
    }

    /// Puts `key` into the hole and lets it sink.
    #[inline]
    fn sink(&mut self, mut hole: Place, key: u64) {
        loop {
            let children = group_below(hole);
            match self.below.get(children).map(Siblings::least) {
                Some((lane, least)) if least < key => {
                    self.put(hole, least);
                    hole = (children, lane);
                }
                _ => return self.put(hole, key),
            }
        }
    }

    /// Closes the hole at the root with the last key, if there is one: the hole goes to the bottom
    /// along the path of least children, and the key, which came from there, rises if it must.
    #[inline(never)]
    pub(super) fn close_hole(&mut self) {
        let Some(last_place) = self.length.checked_sub(1) else { return };
        self.length = last_place;
        let last = self.replace(place(last_place), NONE);
        if last_place < WIDTH {
            self.next = self.least_of_first();
        }
        let (lane, least) = self.next;
        if last <= least {
            self.root = last;
            return;
        }
        self.root = least;
        let mut hole = (0, lane);
        loop {
            let children = group_below(hole);
            match self.below.get(children).map(Siblings::least) {
                Some((lane, least)) if least != NONE => {
                    self.put(hole, least);
                    hole = (children, lane);
                }
                _ => return self.rise(hole, last),
            }
        }
    }

    #[inline]
    fn push_below(&mut self, key: u64) {
        if self.length == WIDTH * self.below.len() {
            self.below.push(Siblings::NOBODY);
        }
        self.length += 1;
        self.rise(place(self.length - 1), key);
    }

    /// Puts `key` into the hole and lets it rise.
    #[inline]
    fn rise(&mut self, mut hole: Place, key: u64) {
        while hole.0 > 0 {
            let parent = place(hole.0 - 1);
            let above = self.get(parent);
            if above <= key {
                return self.put(hole, key);
            }
            self.put(hole, above);
            hole = parent;
        }
        if self.root <= key {
            self.put(hole, key);
        } else {
            self.put(hole, self.root);
            self.root = key;
        }
    }

    #[inline]
    fn get(&self, (group, lane): Place) -> u64 {
        self.below.get(group).map_or(NONE, |siblings| siblings.0[lane % WIDTH])
    }

    #[inline]
    fn put(&mut self, (group, lane): Place, key: u64) {
        if let Some(siblings) = self.below.get_mut(group) {
            siblings.0[lane % WIDTH] = key;
        }
    }

    #[inline]
    fn replace(&mut self, place: Place, key: u64) -> u64 {
        let before = self.get(place);
        self.put(place, key);
        before
    }

    /// Keeps only the keys that stay, without allocating.
    pub(super) fn retain(&mut self, mut stays: impl FnMut(u64) -> bool) {
        let mut kept = 0;
        for place in (0..self.length).map(place) {
            let key = self.replace(place, NONE);
            if stays(key) {
                self.put(self::place(kept), key);
                kept += 1;
            }
        }
        self.length = kept;
        for place in (0..kept / WIDTH).rev().map(place) {
            self.sink(place, self.get(place));
        }
        self.next = self.least_of_first();
        let root = std::mem::replace(&mut self.root, NONE);
        if root != NONE && stays(root) {
            self.fill_root(root);
        }
    }

    /// All keys, in no order.
    pub(super) fn keys(&self) -> impl Iterator<Item = u64> {
        let all = self.below.iter().flat_map(|group| group.0).chain([self.root]);
        all.filter(|&key| key != NONE)
    }

    /// Forgets every key and keeps the memory.
    pub(super) fn clear(&mut self) {
        self.below.clear();
        (self.root, self.next, self.length) = (NONE, (0, NONE), 0);
    }
}
