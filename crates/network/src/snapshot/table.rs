//! Objects by identifier, with look-ups that the documents only give the other way round.

use std::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet, HashMap, btree_map};
use std::sync::OnceLock;

use super::{Id, Kind};
use crate::index::Field;
use crate::reads;

/// Where the configuration can be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    /// An object by its identifier.
    Object(Kind),
    /// The objects of a kind, all of them.
    All(Kind),
    /// Which objects of a kind there are.
    Keys(Kind),
    /// Which objects have a value in a field.
    By(Field),
    /// Whether a list was given.
    Given,
}

impl Place {
    /// A small number of its own.
    pub(crate) fn number(self) -> usize {
        match self {
            Self::Given => 0,
            Self::By(field) => 1 + field as usize * 4,
            Self::Object(kind) => 2 + kind as usize * 4,
            Self::All(kind) => 3 + kind as usize * 4,
            Self::Keys(kind) => 4 + kind as usize * 4,
        }
    }
}

/// Places that a change touches, with the key that is looked up there.
pub(crate) type Touched = BTreeSet<(Place, String)>;

/// Something that a snapshot has a table of.
pub trait Object: Clone + PartialEq {
    /// Which table.
    const KIND: Kind;
    /// Tells the values by which it is looked up.
    fn fields(&self, id: &str, tell: &mut dyn FnMut(Field, &str));
}

/// Identifiers of objects by field and value, in order.
type Fields = HashMap<Field, HashMap<String, Vec<Id>>>;

/// Objects by identifier.
///
/// Whoever looks at one while a log of reads is kept is noted as its reader ([`crate::reads`]).
#[derive(Debug, Clone)]
pub struct Table<T> {
    objects: BTreeMap<Id, T>,
    /// Made when it is first asked for, and again after objects were handed out to be changed.
    fields: OnceLock<Fields>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self {
            objects: BTreeMap::new(),
            fields: OnceLock::new(),
        }
    }
}

impl<T: PartialEq> PartialEq for Table<T> {
    fn eq(&self, other: &Self) -> bool {
        self.objects == other.objects
    }
}

impl<T: Object> Table<T> {
    /// The object of this identifier.
    pub fn get<Q: AsRef<str> + ?Sized>(&self, id: &Q) -> Option<&T> {
        let id = id.as_ref();
        reads::note(Place::Object(T::KIND), id);
        self.objects.get(id)
    }

    /// Whether there is an object of this identifier.
    pub fn contains_key<Q: AsRef<str> + ?Sized>(&self, id: &Q) -> bool {
        self.get(id).is_some()
    }

    /// The identifiers, in order.
    pub fn keys(&self) -> btree_map::Keys<'_, Id, T> {
        reads::note(Place::Keys(T::KIND), "");
        self.objects.keys()
    }

    /// The objects, in the order of their identifiers.
    pub fn values(&self) -> btree_map::Values<'_, Id, T> {
        reads::note(Place::All(T::KIND), "");
        self.objects.values()
    }

    /// The objects with their identifiers, in order.
    pub fn iter(&self) -> btree_map::Iter<'_, Id, T> {
        reads::note(Place::All(T::KIND), "");
        self.objects.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.keys().len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The identifiers of the objects with this value, in order.
    pub(crate) fn ids(&self, field: Field, value: &str) -> &[Id] {
        reads::note(Place::By(field), value);
        let ids = self.fields().get(&field).and_then(|all| all.get(value));
        ids.map_or(&[], Vec::as_slice)
    }

    /// The objects with this value, in the order of their identifiers.
    pub(crate) fn having(&self, field: Field, value: &str) -> impl Iterator<Item = &T> {
        let ids = self.ids(field, value).iter();
        ids.filter_map(|id| self.get(id))
    }

    /// The values that some object has.
    pub(crate) fn known(&self, field: Field) -> impl Iterator<Item = &String> {
        reads::note(Place::All(T::KIND), "");
        self.fields()
            .get(&field)
            .into_iter()
            .flat_map(HashMap::keys)
    }

    fn fields(&self) -> &Fields {
        self.fields.get_or_init(|| {
            let mut fields = Fields::new();
            for (id, object) in &self.objects {
                object.fields(id, &mut |field, value| add(&mut fields, field, value, id));
            }
            fields
        })
    }

    /// Puts an object in the place of the one that was there, or takes that away; tells what of it
    /// looks different now.
    pub(crate) fn put(&mut self, id: &Id, new: Option<T>, touched: &mut Touched) {
        let old = match new {
            Some(new) => self.objects.insert(id.clone(), new),
            None => self.objects.remove(id),
        };
        let new = self.objects.get(id);
        if old.as_ref() == new {
            return;
        }
        let name = |place| (place, String::new());
        touched.insert((Place::Object(T::KIND), id.clone()));
        touched.insert(name(Place::All(T::KIND)));
        if old.is_none() != new.is_none() {
            touched.insert(name(Place::Keys(T::KIND)));
        }
        let (before, after) = (values(id, old.as_ref()), values(id, new));
        for (field, value) in before.symmetric_difference(&after) {
            touched.insert((Place::By(*field), value.clone()));
        }
        if let Some(fields) = self.fields.get_mut() {
            for (field, value) in before.difference(&after) {
                take(fields, *field, value, id);
            }
            for (field, value) in after.difference(&before) {
                add(fields, *field, value, id);
            }
        }
    }

    /// What differs in another table: the objects there, and nothing for those that are gone.
    pub(crate) fn differing(&self, new: Self) -> Vec<(Id, Option<T>)> {
        let mut differing = Vec::new();
        let mut old = self.objects.iter().peekable();
        for (id, object) in new.objects {
            while let Some((gone, _)) = old.next_if(|(known, _)| **known < id) {
                differing.push((gone.clone(), None));
            }
            match old.next_if(|(known, _)| **known == id) {
                Some((_, known)) if *known == object => {}
                _ => differing.push((id, Some(object))),
            }
        }
        differing.extend(old.map(|(gone, _)| (gone.clone(), None)));
        differing
    }
}

/// The values by which an object is looked up.
fn values<T: Object>(id: &str, object: Option<&T>) -> BTreeSet<(Field, String)> {
    let mut values = BTreeSet::new();
    if let Some(object) = object {
        object.fields(id, &mut |field, value| {
            values.insert((field, value.to_owned()));
        });
    }
    values
}

fn add(fields: &mut Fields, field: Field, value: &str, id: &Id) {
    let all = fields.entry(field).or_default();
    let Some(ids) = all.get_mut(value) else {
        all.insert(value.to_owned(), vec![id.clone()]);
        return;
    };
    if ids.last().is_some_and(|last| last < id) {
        ids.push(id.clone());
    } else if let Err(place) = ids.binary_search(id) {
        ids.insert(place, id.clone());
    }
}

fn take(fields: &mut Fields, field: Field, value: &str, id: &Id) {
    let Some(all) = fields.get_mut(&field) else {
        return;
    };
    if let Some(ids) = all.get_mut(value) {
        if let Ok(place) = ids.binary_search(id) {
            ids.remove(place);
        }
        if ids.is_empty() {
            all.remove(value);
        }
    }
}

/// Changes outside of an evaluation.
impl<T> Table<T> {
    /// The objects, to be changed.
    fn opened(&mut self) -> &mut BTreeMap<Id, T> {
        self.fields.take();
        &mut self.objects
    }

    /// An object, to be changed.
    pub fn get_mut<Q: Ord + ?Sized>(&mut self, id: &Q) -> Option<&mut T>
    where
        Id: Borrow<Q>,
    {
        self.opened().get_mut(id)
    }

    /// The objects, to be changed, in the order of their identifiers.
    pub fn values_mut(&mut self) -> btree_map::ValuesMut<'_, Id, T> {
        self.opened().values_mut()
    }

    /// Puts an object into the table; returns the one that was in its place.
    pub fn insert(&mut self, id: Id, object: T) -> Option<T> {
        self.opened().insert(id, object)
    }

    /// Takes an object out of the table.
    pub fn remove<Q: Ord + ?Sized>(&mut self, id: &Q) -> Option<T>
    where
        Id: Borrow<Q>,
    {
        self.opened().remove(id)
    }

    /// The place of an object, whether or not it is there.
    pub fn entry(&mut self, id: Id) -> btree_map::Entry<'_, Id, T> {
        self.opened().entry(id)
    }

    /// Leaves the objects of which a test is true.
    pub fn retain(&mut self, test: impl FnMut(&Id, &mut T) -> bool) {
        self.opened().retain(test);
    }

    /// Takes all objects out of another table.
    pub fn append(&mut self, other: &mut BTreeMap<Id, T>) {
        self.opened().append(other);
    }

    /// Takes all objects away.
    pub fn clear(&mut self) {
        self.opened().clear();
    }
}

impl<T> Extend<(Id, T)> for Table<T> {
    fn extend<I: IntoIterator<Item = (Id, T)>>(&mut self, objects: I) {
        self.opened().extend(objects);
    }
}

impl<T> FromIterator<(Id, T)> for Table<T> {
    fn from_iter<I: IntoIterator<Item = (Id, T)>>(objects: I) -> Self {
        Self {
            objects: objects.into_iter().collect(),
            fields: OnceLock::new(),
        }
    }
}

impl<T> IntoIterator for Table<T> {
    type Item = (Id, T);
    type IntoIter = btree_map::IntoIter<Id, T>;
    fn into_iter(self) -> Self::IntoIter {
        self.objects.into_iter()
    }
}

impl<'t, T: Object> IntoIterator for &'t Table<T> {
    type Item = (&'t Id, &'t T);
    type IntoIter = btree_map::Iter<'t, Id, T>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<Q: AsRef<str> + ?Sized, T: Object> std::ops::Index<&Q> for Table<T> {
    type Output = T;
    #[expect(clippy::expect_used, reason = "as of any map")]
    fn index(&self, id: &Q) -> &T {
        self.get(id).expect("an object of this identifier")
    }
}

/// Names of the lists that were given, even if empty.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Given(BTreeSet<String>);

impl Given {
    /// Whether a list of this name was given.
    pub fn contains(&self, list: &str) -> bool {
        reads::note(Place::Given, list);
        self.0.contains(list)
    }

    /// Notes that a list was given.
    pub fn insert(&mut self, list: String) -> bool {
        self.0.insert(list)
    }

    /// Notes that a list was not given.
    pub fn remove(&mut self, list: &str) -> bool {
        self.0.remove(list)
    }

    /// How many lists were given.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether none was given.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes the place of the old names; tells which differ.
    pub(crate) fn put(&mut self, new: Self, touched: &mut Touched) {
        for list in self.0.symmetric_difference(&new.0) {
            touched.insert((Place::Given, list.clone()));
        }
        *self = new;
    }
}
