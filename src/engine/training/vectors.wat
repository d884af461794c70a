;; Arithmetic on float32 vectors, four numbers at a time. Every pointer is a multiple of 16. Loops run at least once, and
;; take whole fours: up to three numbers past the end are computed too. scripts/wasm.mjs encodes this in vectorsModule.ts.
(module
  (import "engine" "memory" (memory 0))

  ;; a += b, from `a` up to `end`.
  (func (export "add") (param $a i32) (param $b i32) (param $end i32)
    (loop $next
      (v128.store (local.get $a) (f32x4.add (v128.load (local.get $a)) (v128.load (local.get $b))))
      (local.set $a (i32.add (local.get $a) (i32.const 16)))
      (local.set $b (i32.add (local.get $b) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $a) (local.get $end)))))

  ;; A step of SGD from `p` up to `end`: v = momentum v + (share g + decay p); p -= lr v.
  (func (export "descend")
    (param $p i32) (param $v i32) (param $g i32) (param $end i32)
    (param $lr f32) (param $momentum f32) (param $decay f32) (param $share f32)
    (local $lrs v128) (local $momenta v128) (local $decays v128) (local $shares v128)
    (local $x v128) (local $velocity v128)
    (local.set $lrs (f32x4.splat (local.get $lr)))
    (local.set $momenta (f32x4.splat (local.get $momentum)))
    (local.set $decays (f32x4.splat (local.get $decay)))
    (local.set $shares (f32x4.splat (local.get $share)))
    (loop $next
      (local.set $x (v128.load (local.get $p)))
      (local.set $velocity
        (f32x4.add
          (f32x4.mul (local.get $momenta) (v128.load (local.get $v)))
          (f32x4.add
            (f32x4.mul (v128.load (local.get $g)) (local.get $shares))
            (f32x4.mul (local.get $decays) (local.get $x)))))
      (v128.store (local.get $v) (local.get $velocity))
      (v128.store (local.get $p) (f32x4.sub (local.get $x) (f32x4.mul (local.get $lrs) (local.get $velocity))))
      (local.set $p (i32.add (local.get $p) (i32.const 16)))
      (local.set $v (i32.add (local.get $v) (i32.const 16)))
      (local.set $g (i32.add (local.get $g) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $p) (local.get $end))))))
