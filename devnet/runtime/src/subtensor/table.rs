//! Storage as a table.

/// A section of storage, one row for each item:
///
/// ```text
/// Name: Type;                                 a value
/// Name: Hasher(Key) => Type;                  a map
/// Name: Hasher(Key) => Option<Type>;          a map without a default
/// … = DefaultName { value };                  one that starts with a value other than zero
/// … = DefaultName<T>;                         the same, with a function that the pallet has
/// ```
///
/// An item of another kind stands between the rows as FRAME writes it. Rows have to be expanded before
/// FRAME looks at the pallet, which knows storage only by its attributes: so the macro makes a section as a
/// whole, and cannot be called inside the pallet.
macro_rules! storage {
    (mod $room:ident; $($rows:tt)*) => {
        storage! { @ $room [] $($rows)* }
    };
    (@ $room:ident [$($done:tt)*]) => {
        /// Becomes part of the pallet.
        #[pallet_section]
        mod $room {
            $($done)*
        }
    };
    (@ $room:ident [$($done:tt)*]
        #[pallet::storage]
        $(#[doc = $doc:literal])*
        pub type $name:ident<T: Config> = $type:ty;
        $($rest:tt)*
    ) => {
        storage! { @ $room [
            $($done)*
            #[pallet::storage]
            $(#[doc = $doc])*
            pub type $name<T: Config> = $type;
        ] $($rest)* }
    };
    (@ $room:ident [$($done:tt)*]
        $(#[doc = $doc:literal])*
        $name:ident: $hasher:ident($key:ty) => Option<$value:ty>;
        $($rest:tt)*
    ) => {
        storage! { @ $room [
            $($done)*
            #[pallet::storage]
            $(#[doc = $doc])*
            pub type $name<T: Config> = StorageMap<_, $hasher, $key, $value, OptionQuery>;
        ] $($rest)* }
    };
    (@ $room:ident [$($done:tt)*]
        $(#[doc = $doc:literal])*
        $name:ident: $hasher:ident($key:ty) => $value:ty
            $(= $default:ident $(<$config:ident>)? $($start:block)?)?;
        $($rest:tt)*
    ) => {
        storage! { @ $room [
            $($done)*
            $($(
                #[pallet::type_value]
                #[doc = concat!("Starting value of `", stringify!($name), "`.")]
                pub fn $default() -> $value $start
            )?)?
            #[pallet::storage]
            $(#[doc = $doc])*
            pub type $name<T: Config> = StorageMap<
                _, $hasher, $key, $value, ValueQuery, $($default $(<$config>)?)?
            >;
        ] $($rest)* }
    };
    (@ $room:ident [$($done:tt)*]
        $(#[doc = $doc:literal])*
        $name:ident: $value:ty $(= $default:ident $start:block)?;
        $($rest:tt)*
    ) => {
        storage! { @ $room [
            $($done)*
            $(
                #[pallet::type_value]
                #[doc = concat!("Starting value of `", stringify!($name), "`.")]
                pub fn $default() -> $value $start
            )?
            #[pallet::storage]
            $(#[doc = $doc])*
            pub type $name<T: Config> = StorageValue<_, $value, ValueQuery, $($default)?>;
        ] $($rest)* }
    };
}
