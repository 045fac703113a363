//! Setters without what all of them repeat.

/// The calls of the pallet, as a section:
///
/// ```text
/// index: who fn name(arguments) { body }
/// index operational: who fn name(arguments) { body }      the same, of the operational class
/// ```
///
/// The body returns early with `?`. Who may call is one of
///
/// ```text
/// root                        root alone
/// owner(limit)                the owner, at most as often as the limit says, or root; no change in the freeze window
/// owner(limit, root)          the same; `root` tells the body whether root calls
/// any(origin)                 the body judges the origin
/// ```
///
/// A pallet has one block of calls, in which FRAME looks for functions before any macro in it is expanded: so
/// this makes the block as a whole.
macro_rules! setters {
    ($(
        $(#[doc = $doc:literal])*
        $index:literal $($class:ident)?: $who:ident $(($($limit:tt)*))?
        fn $name:ident($($argument:ident: $type:ty),*) $body:block
    )*) => {
        /// Becomes part of the pallet.
        #[pallet_section]
        mod calls {
            #[pallet::call]
            impl<T: Config> Pallet<T> {
                $(
                    $(#[doc = $doc])*
                    #[pallet::call_index($index)]
                    #[pallet::weight((setter_weight::<T>(), class!($($class)?)))]
                    pub fn $name(origin: OriginFor<T>, $($argument: $type),*) -> DispatchResult {
                        frame!(origin, $who $(($($limit)*))?, [$($argument),*], $body)
                    }
                )*
            }
        }
    };
}

/// The class of a call.
macro_rules! class {
    () => {
        DispatchClass::Normal
    };
    (operational) => {
        DispatchClass::Operational
    };
}

/// A setter's body, with the checks before it and the note after it.
macro_rules! frame {
    ($origin:ident, root, [$($argument:ident),*], $body:block) => {{
        Chain::<T>::ensure_only_root($origin)?;
        $body
        Ok(())
    }};
    ($origin:ident, owner($limit:expr $(, $root:ident)?), [$netuid:ident $(, $more:ident)*], $body:block) => {
        Chain::<T>::owner_call($origin, $netuid, Slot::from($limit), |_is_root| {
            $(let $root = _is_root;)?
            $body
            Ok(())
        })
    };
    ($origin:ident, any($given:ident), [$($argument:ident),*], $body:block) => {{
        let $given = $origin;
        $body
        Ok(())
    }};
}
