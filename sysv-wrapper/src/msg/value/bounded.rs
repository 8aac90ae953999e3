//! A deserializer with bounds, since a message may come from a hostile program.
//!
//! postcard itself nests as deep as the type allows, which for a recursive type is limited only by the stack. It also
//! decodes as many elements as the message declares, which for elements without bytes can be 2^64.

use std::cell::Cell;
use std::fmt;

use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, VariantAccess, Visitor,
};

/// Maximum nesting depth of structures, sequences, maps, enums and options.
pub(super) const DEPTH: u32 = 128;

/// Maximum number of elements of sequences and maps beyond the number of bytes: elements without bytes.
pub(super) const ELEMENTS_WITHOUT_BYTES: usize = 65_536;

/// A bound that a message would exceed.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub(super) enum Exceeded {
    Depth,
    Elements,
}

impl fmt::Display for Exceeded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Exceeded::Depth => write!(f, "it is nested deeper than {DEPTH} levels"),
            Exceeded::Elements => f.write_str("it promises more elements than it has bytes"),
        }
    }
}

/// The remaining bounds while a message is deserialized.
pub(super) struct Bounds {
    depth: Cell<u32>,
    elements: Cell<usize>,
    exceeded: Cell<Option<Exceeded>>,
}

impl Bounds {
    /// Returns the bounds for a message of this length: an element with bytes has at least one.
    pub(super) fn of_length(length: usize) -> Bounds {
        Bounds {
            depth: Cell::new(DEPTH),
            elements: Cell::new(length.saturating_add(ELEMENTS_WITHOUT_BYTES)),
            exceeded: Cell::new(None),
        }
    }

    /// Returns the bound that ended the deserialization, if one did.
    pub(super) fn exceeded(&self) -> Option<Exceeded> {
        self.exceeded.get()
    }

    /// Wraps a deserializer.
    pub(super) fn apply<T>(&self, inner: T) -> Bounded<'_, T> {
        Bounded {
            inner,
            bounds: self,
            counts: false,
        }
    }

    fn exceed<E: Error>(&self, bound: Exceeded) -> E {
        self.exceeded.set(Some(bound));
        E::custom(bound)
    }

    /// Deserializes one level deeper.
    fn deeper<T, E: Error>(&self, work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        let depth = self.depth.get();
        if depth == 0 {
            return Err(self.exceed(Exceeded::Depth));
        }
        self.depth.set(depth - 1);
        let result = work();
        self.depth.set(depth);
        result
    }

    fn count_element<E: Error>(&self) -> Result<(), E> {
        match self.elements.get().checked_sub(1) {
            Some(left) => {
                self.elements.set(left);
                Ok(())
            }
            None => Err(self.exceed(Exceeded::Elements)),
        }
    }
}

/// A part of serde's protocol with bounds.
pub(super) struct Bounded<'b, T> {
    inner: T,
    bounds: &'b Bounds,
    /// Whether this is the visitor or the access of a sequence or a map, whose length the message declares.
    counts: bool,
}

impl<'b, T> Bounded<'b, T> {
    fn with<U>(&self, inner: U) -> Bounded<'b, U> {
        self.bounds.apply(inner)
    }

    /// Limits a `size_hint`, which comes from the message.
    fn limit(&self, hint: Option<usize>) -> Option<usize> {
        hint.map(|hint| hint.min(self.bounds.elements.get()))
    }
}

macro_rules! forward {
    ($($method:ident($($argument:ident: $type:ty),*);)+) => {
        $(
            fn $method<V: Visitor<'de>>(
                self,
                $($argument: $type,)*
                visitor: V,
            ) -> Result<V::Value, D::Error> {
                self.inner.$method($($argument,)* visitor)
            }
        )+
    };
}

macro_rules! nest {
    ($($method:ident($($argument:ident: $type:ty),*) $counts:literal;)+) => {
        $(
            fn $method<V: Visitor<'de>>(
                self,
                $($argument: $type,)*
                visitor: V,
            ) -> Result<V::Value, D::Error> {
                let visitor = Bounded {
                    inner: visitor,
                    bounds: self.bounds,
                    counts: $counts,
                };
                self.bounds.deeper(|| self.inner.$method($($argument,)* visitor))
            }
        )+
    };
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Bounded<'_, D> {
    type Error = D::Error;

    forward! {
        deserialize_any();
        deserialize_bool();
        deserialize_i8();
        deserialize_i16();
        deserialize_i32();
        deserialize_i64();
        deserialize_i128();
        deserialize_u8();
        deserialize_u16();
        deserialize_u32();
        deserialize_u64();
        deserialize_u128();
        deserialize_f32();
        deserialize_f64();
        deserialize_char();
        deserialize_str();
        deserialize_string();
        deserialize_bytes();
        deserialize_byte_buf();
        deserialize_unit();
        deserialize_unit_struct(name: &'static str);
        deserialize_identifier();
        deserialize_ignored_any();
    }

    nest! {
        deserialize_option() false;
        deserialize_newtype_struct(name: &'static str) false;
        deserialize_seq() true;
        deserialize_tuple(length: usize) false;
        deserialize_tuple_struct(name: &'static str, length: usize) false;
        deserialize_map() true;
        deserialize_struct(name: &'static str, fields: &'static [&'static str]) false;
        deserialize_enum(name: &'static str, variants: &'static [&'static str]) false;
    }

    fn is_human_readable(&self) -> bool {
        self.inner.is_human_readable()
    }
}

/// A visitor with the methods of [`nest!`]: postcard calls no others.
impl<'de, V: Visitor<'de>> Visitor<'de> for Bounded<'_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.expecting(f)
    }

    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.inner.visit_none()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        let deserializer = self.with(deserializer);
        self.inner.visit_some(deserializer)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<V::Value, D::Error> {
        let deserializer = self.with(deserializer);
        self.inner.visit_newtype_struct(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, access: A) -> Result<V::Value, A::Error> {
        self.inner.visit_seq(Bounded {
            inner: access,
            bounds: self.bounds,
            counts: self.counts,
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, access: A) -> Result<V::Value, A::Error> {
        self.inner.visit_map(Bounded {
            inner: access,
            bounds: self.bounds,
            counts: self.counts,
        })
    }

    fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> Result<V::Value, A::Error> {
        let access = self.with(access);
        self.inner.visit_enum(access)
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Bounded<'_, S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        let deserializer = self.with(deserializer);
        self.inner.deserialize(deserializer)
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Bounded<'_, A> {
    type Error = A::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        let seed = self.with(seed);
        let element = self.inner.next_element_seed(seed)?;
        if self.counts && element.is_some() {
            self.bounds.count_element()?;
        }
        Ok(element)
    }

    fn size_hint(&self) -> Option<usize> {
        self.limit(self.inner.size_hint())
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Bounded<'_, A> {
    type Error = A::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        let seed = self.with(seed);
        let key = self.inner.next_key_seed(seed)?;
        if self.counts && key.is_some() {
            self.bounds.count_element()?;
        }
        Ok(key)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        let seed = self.with(seed);
        self.inner.next_value_seed(seed)
    }

    fn size_hint(&self) -> Option<usize> {
        self.limit(self.inner.size_hint())
    }
}

impl<'de, 'b, A: EnumAccess<'de>> EnumAccess<'de> for Bounded<'b, A> {
    type Error = A::Error;
    type Variant = Bounded<'b, A::Variant>;

    fn variant_seed<S: DeserializeSeed<'de>>(
        self,
        seed: S,
    ) -> Result<(S::Value, Self::Variant), A::Error> {
        let bounds = self.bounds;
        let (value, variant) = self.inner.variant_seed(bounds.apply(seed))?;
        Ok((value, bounds.apply(variant)))
    }
}

impl<'de, A: VariantAccess<'de>> VariantAccess<'de> for Bounded<'_, A> {
    type Error = A::Error;

    fn unit_variant(self) -> Result<(), A::Error> {
        self.inner.unit_variant()
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, A::Error> {
        let seed = self.with(seed);
        self.inner.newtype_variant_seed(seed)
    }

    fn tuple_variant<V: Visitor<'de>>(
        self,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        let visitor = self.with(visitor);
        self.inner.tuple_variant(length, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        let visitor = self.with(visitor);
        self.inner.struct_variant(fields, visitor)
    }
}
