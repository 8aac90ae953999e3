//! Conversions between the structures of the C interface and the newtypes of this crate, in one place for all of them.

/// Gives `$name`, a `#[repr(transparent)]` newtype over `$raw`, every conversion from and to it.
///
/// Any `$raw` must be a valid `$name`.
macro_rules! conversions {
    ($name:ident, $raw:ident) => {
        impl $name {
            #[doc = concat!("Wraps C's `struct ", stringify!($raw), "`.")]
            #[inline]
            pub const fn from_raw(raw: sysv_sys::$raw) -> $name {
                $name(raw)
            }

            #[doc = concat!("Wraps a borrowed `struct ", stringify!($raw), "`, without a copy.")]
            #[inline]
            pub const fn from_raw_ref(raw: &sysv_sys::$raw) -> &$name {
                // SAFETY: the newtype is transparent, so that the pointer is aligned and valid for as long as the borrow.
                unsafe { &*(&raw const *raw).cast::<$name>() }
            }

            #[doc = concat!("Returns C's `struct ", stringify!($raw), "`, without a copy.")]
            #[inline]
            pub const fn as_raw(&self) -> &sysv_sys::$raw {
                &self.0
            }
        }

        impl From<sysv_sys::$raw> for $name {
            #[inline]
            fn from(raw: sysv_sys::$raw) -> $name {
                $name::from_raw(raw)
            }
        }

        impl From<$name> for sysv_sys::$raw {
            #[inline]
            fn from(value: $name) -> sysv_sys::$raw {
                value.0
            }
        }

        impl<'a> From<&'a sysv_sys::$raw> for &'a $name {
            #[inline]
            fn from(raw: &'a sysv_sys::$raw) -> &'a $name {
                $name::from_raw_ref(raw)
            }
        }

        impl<'a> From<&'a $name> for &'a sysv_sys::$raw {
            #[inline]
            fn from(value: &'a $name) -> &'a sysv_sys::$raw {
                value.as_raw()
            }
        }
    };
}
pub(crate) use conversions;
